-- Answers in little room. Those of before stay where they are: one of the two columns is NULL.

ALTER TABLE attempts ADD COLUMN packed BLOB;  -- the provider's JSON as it came, deflated
