"""What an accredited laboratory tries on a central system, one test for each case and named by its number.

Everything is real but the station: the central with its ledger in a file, a socket of this machine, and a simulated
station that keeps its own books and validates both directions against the schemas of the Open Charge Alliance. A test
looks at four things: what the station was asked, what it was answered, what the model holds, what the ledger holds.

- `conftest.py` has the stage: `central`, `ledger`, `garage` (the model of the station), `diary` (what was told of it),
  `dial` and `station` (the simulated one). Whatever the station objects to fails the test when it is put away.
- Time is the station's own and stands still until a test advances it; only stations that reboot live in real time.
- `cases.py` lists the cases of a version, `test_cases.py` holds that list against the tests: each number has one test.
- A module's `WAITING` names the cases that can be shown in part only, and why; their tests show that part.
"""
