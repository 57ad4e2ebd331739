"""`passerelle controler`: exchange files held against each other through the real readers and rules, without any service."""
