"""Speed and memory, measured by hand (`make bench`), never in tests.

Each part is a module with `measure`; it runs in a process of its own, so that its peak memory is
its own. The machines are noisy: quote ratios within one run.
"""
