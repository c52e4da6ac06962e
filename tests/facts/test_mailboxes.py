import pytest

from enrichctl.facts import mailboxes


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("jane.doe@acme-widgets.com", "person"),
        ("jdoe@acme-widgets.com", "person"),
        ("infosys@acme-widgets.com", "person"),
        ("john.sales@acme-widgets.com", "person"),
        ("info@acme-widgets.com", "role"),
        ("INFO@Acme-Widgets.com", "role"),
        ("sales+emea@acme-widgets.com", "role"),
        ("sales.de@acme-widgets.com", "role"),
        ("support2@acme-widgets.com", "role"),
        ("no-reply@acme-widgets.com", "role"),
        ("kontakt@acme-widgets.de", "role"),
        ("bewerbung@acme-widgets.de", "role"),
        ("ventas@acme-widgets.es", "role"),
        ("comptabilite@acme-widgets.fr", "role"),
        ("asiakaspalvelu@acme-widgets.fi", "role"),
        ("info@gmail.com", "role"),
        ("customer.service@acme-widgets.com", "role"),
        ("hr-manager@acme-widgets.com", "role"),
        ("anfrage@acme-widgets.de", "role"),
        ("acme@pec.it", "free"),
        ("jane@gmail.com", "free"),
        ("jane@web.de", "free"),
        ("jane@orange.fr", "free"),
        ("jane@proton.me", "free"),
        ("jane@tutanota.com", "free"),
        ("jane@qq.com", "free"),
        ("jane@mailinator.com", "disposable"),
        ("jane@mx.yopmail.com", "disposable"),
        ("info@mailinator.com", "disposable"),
        ("jane@", "malformed"),
        ("n/a", "malformed"),
        ("jane@gmail.con", "malformed"),
        ("ksiegowosc@acme-widgets.pl", "role"),
        ("muhasebe@acme-widgets.com.tr", "role"),
        ("otdel-kadrov@acme-widgets.ru", "role"),
        ("titkarsag@acme-widgets.hu", "role"),
        ("soumu@acme-widgets.co.jp", "role"),
        ("anwaltskanzlei@acme-widgets.at", "role"),
        ("salesenquiries@acme-widgets.co.uk", "role"),
        ("verkauf.nord@acme-widgets.de", "role"),
        ("theteam@acme-widgets.com", "role"),
        ("theodora@acme-widgets.com", "person"),
        ("estelle@acme-widgets.fr", "person"),
        ("jane@sina.com.cn", "free"),
        ("max.post@acme-widgets.nl", "person"),
    ],
)
def test_the_kind_of_a_mailbox(address, kind):
    assert mailboxes.kind(address) == kind


def test_public_domains_tell_nothing_of_an_employer():
    assert mailboxes.is_public("gmail.com")
    assert mailboxes.is_public("mailinator.com")
    assert not mailboxes.is_public("acme-widgets.com")
