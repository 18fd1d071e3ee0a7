"""The steps of the voucher flows: screens, what is heard on them, notices and clocks."""
