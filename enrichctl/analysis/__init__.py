"""What the money bought: counted from what the journal holds, without asking anybody.

``rates``
    shares with their intervals.
``breakdown``
    match rates and costs by provider and segment.
``earlier``
    what attempts of earlier versions brought.
``replay``
    stored answers in another order; ``rows`` are the records in it, ``checks`` and ``verifying``
    what the verification of addresses adds.
``truth``
    answers against values that are known.
"""
