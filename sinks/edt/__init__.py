"""The files of synchros 1 and 3: the `sts_emp` of STS-WEB for EDT, the `emp_sts` of EDT for STS-WEB, byte for byte (R-PRO-10, 11, 30)."""
