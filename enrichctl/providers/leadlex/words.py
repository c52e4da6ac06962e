"""LeadLex's words: what it calls each field, its plans, and what it may fill."""

# Field → what LeadLex calls it, per object of its answers; the pages do not all spell alike.
CONTACT = {
    "full_name": "full_name", "email": "email", "job_title": "job_title",
    "company_name": "company_name", "linkedin_url": "linkedin_url", "phone": "phone",
    "location": "location", "seniority": "seniority",
}  # fmt: skip
PERSON = {
    "full_name": "full_name", "first_name": "first_name", "last_name": "last_name",
    "job_title": "job_title", "seniority": "seniority", "phone": "phone",
    "linkedin_url": "linkedin_url", "location": "location",
}  # fmt: skip
COMPANY = {
    "company_name": "name", "company_domain": "domain", "company_size": "size",
    "industry": "industry", "founded_year": "founded_year", "company_description": "description",
    "company_linkedin_url": "linkedin_url", "tech_stack": "tech_stack",
}  # fmt: skip
HELD = "held in your LeadLex"  # where a value is from that a contact or company had before
HEADQUARTERS = {"location": "hq_location"}  # a company's, when no person was asked about
FILLED_IN_CONTACT = CONTACT.keys() - {"full_name", "email"}
FILLED_IN_COMPANY = (COMPANY | HEADQUARTERS).keys() - {"company_domain"}
# The values of `deliverable` are not documented; these are the usual ones, the rest is unknown.
DELIVERABLE = {
    "deliverable": "deliverable", "valid": "deliverable", "true": "deliverable",
    "undeliverable": "undeliverable", "invalid": "undeliverable", "false": "undeliverable",
    "risky": "risky", "catch_all": "risky", "accept_all": "risky",
}  # fmt: skip
PLANS = {"starter": (10, 100), "pro": (50, 1_000), "org": (200, 10_000)}  # calls a minute, a day
REQUEST_ID = "x-request-id"  # a header of every reply, another one for each request
DATA, FIELDS = "data", "fields"
MINUTE, DAY = 60.0, 86_400.0
