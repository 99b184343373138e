"""random_values_tests: a plugin host, held to random values of every type."""

# How many cases there are, and the tags of their tests.
SIZES = {
    500: [],
    10000: ["manual"],
}

def random_values_tests(test):
    """Declares `random_values_<size>_test` of a host for each size; the largest is only run if it is named.

    Args:
        test: the host's `cases_test`.
    """
    for size, tags in SIZES.items():
        test(
            name = "random_values_{}_test".format(size),
            timeout = "eternal" if tags else "moderate",
            cases = "//lib/host/testing/values/random:random_{}".format(size),
            component = "//lib/host/testing/guests/values",
            tags = tags,
        )
