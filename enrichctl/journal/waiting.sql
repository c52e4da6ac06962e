-- Answers that are paid for and have not come yet: few, and looked for often.
CREATE INDEX attempts_waiting ON attempts (run) WHERE outcome='submitted';
