"""The engine: takes records from their rows to their results, and asks providers on the way.

One record passes these functions, in this order, when one provider is asked and answers at once.
``tests/engine/test_walk.py`` records the calls and compares them with this list::

    RecordReader.lead           a row is read: fields, suppression, conflicts with earlier rows
    lead_from_record            it becomes a Lead, a record on its way
    Runner._advance             the run asks what comes next
    Waterfall.next_step         Ask a question, Wait for another run, or End
    AnswerCache.answer          what the journal knows is applied first; here it knows nothing
    Lane.put                    the question goes to its provider's lane
    Lane._submit                a worker takes it, alone or with others of its submission
    RequestLedger.intend        intent and worst case are committed, right before the call leaves
    Booking.end                 the provider's last word is booked
    book                        what it is, and what it costs: a pure function
    Runner._take                once it is on the disk the run learns of it
    Runner._advance             what comes next?
    Waterfall.next_step
    AnswerCache.answer          every answer reaches its record here, new or old
    accept_answer               what it may fill, if it is about the same person
    result_of                   nothing is left to ask: cells, status, note and explanation

Where a record can leave this path:

- `Wait`: another run asks the same; `InFlight` holds the record until that has answered.
- The same person is asked about already: the record waits in `Runner` for that question.
- Several questions gather to one submission, whose money is reserved before it is sent; an answer
  that comes later is polled for by its ticket (`Lane`). A look-up is a submission of one that
  reserves at its billed call.
- What a provider shows for nothing is an `Offer`, judged (`is_certain`) before anybody is paid.
  Each record is judged by itself: one offer may be declined for a row and taken for the next.
- Nobody beyond the machine is asked: `LocalWaterfall` takes the record from row to result, on all
  cores (`in_parallel`, `WorkerProcess`).
- The last run on the input has written it, and nothing has changed: `EarlierResults` gives what
  was written, and nobody looks at the record.
- An address is to be verified: the route has a turn more, whose question is about the address.
- A plan: `Estimate` takes the record through the same waterfall and asks nobody.

Modules::

    run  stop  report           the window of records, where a run ends, its counts
    record_reader  lead         rows, and a record on its way; only `lead` changes a Lead
    tried                       what one provider did for one record
    record_writer               writes records in order, and keeps what is said of them
    question  waterfall  needs  who is asked what, what that takes, and what comes next
    known_as                    who a record is to one provider
    asked_before                as whom the journal knows it, when the rows around it were others
    answer_cache  reading       what the journal knows, and what a provider reads from it
    acceptance  takeable        which values a record takes from an answer
              row_says        whether a name follows from one that the row states itself
    cautions  outdated          what is to be taken with care, and what may be so no longer
    verification                the turns in which an address is verified, and what follows
    lane  polls  delay_queue    one provider's submissions, answers that come later, its workers
    request_ledger  key_age     intents and idempotency keys
    booking  budget_room        outcomes and credits, and a budget that has no room for now
    in_flight                   records that wait for another run
    estimate  sample            the plan, and which records a random pilot asks about
    other_accounts  other_names who has an answer under another key, or another name in the row
    first_request               what a question would send first, for a plan in detail
    layout  result  recipe      what is written, what became of a record, and how to tell it again
    earlier_results             what the last run on the input wrote
    local_run  local_waterfall  alike           what asks nobody beyond the machine
    parallel  worker_process  cpu_affinity      cores

Money is decided in three places and nowhere else: `RequestLedger` (committed before it is sent),
`book` (what is booked), and the journal's own budget check in the transaction of the intent.
"""
