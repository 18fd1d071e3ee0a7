"""The steps of the threads with the welfare manager: asking, answering, lists, clocks."""
