/* Every suite of the unit tests; included by check_main.c with its own SUITE. */
