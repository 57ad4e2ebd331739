"""What is compared: each module is one process, told its course as JSON, which reports its progress on the standard output."""
