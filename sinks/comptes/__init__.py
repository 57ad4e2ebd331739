"""What the accounts of the Extranet send: mails to the training bodies."""
