"""How much work the dearest requests make, beside a plain hit.

`requests` has the dearest requests that are known of each kind, as large as they may be;
`tests.work.count` sends them through the whole app in a process whose instructions
Callgrind counts; `test_work` compares. Seconds would depend on the machine and its
neighbours; bytecodes would leave out the parsers, which are C and C++.
"""
