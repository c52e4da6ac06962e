"""Names that one person goes by in two places, by kind: as a row has them, as a vendor has them.

Written down from how people spell their own names, before the gate was tried on them. Every first
name of a kind goes with every last name of it. The vendor's spelling is in ASCII, since the sandbox
makes it up from the address.
"""

from collections.abc import Iterator
from itertools import product

Pairs = tuple[tuple[str, str], ...]


def alike(*names: str) -> Pairs:
    """Return names that both spell in one way."""
    return tuple((name, name) for name in names)


def spelled(text: str) -> Pairs:
    """Read "row=vendor, row=vendor"."""
    return tuple(tuple(pair.strip().split("=")) for pair in text.split(","))  # type: ignore[misc]


FIRST = alike("Anna", "Peter", "Ingrid", "Carlos", "Fiona", "Mateo", "Greta", "Victor")
LAST = alike("Lindholm", "Okafor", "Castellano", "Brandt", "Hughes", "Moreau", "Kovacs", "Tanner")

KINDS: dict[str, tuple[Pairs, Pairs]] = {
    "as written": (FIRST, LAST),
    "capitals": (
        spelled("ANNA=Anna, peter=Peter, INGRID=Ingrid, carlos=Carlos, FIONA=Fiona"),
        spelled("LINDHOLM=Lindholm, okafor=Okafor, BRANDT=Brandt, hughes=Hughes, MOREAU=Moreau"),
    ),
    "accents": (
        spelled("José=Jose, Zoë=Zoe, Łukasz=Lukasz, Søren=Soren, François=Francois, Şükrü=Sukru,"
                "Ágnes=Agnes, Jiří=Jiri, Þóra=Thora, Renée=Renee"),
        spelled("García=Garcia, Núñez=Nunez, Żółkiewski=Zolkiewski, Çelik=Celik, Šimić=Simic,"
                "Håkansson=Hakansson, Lévêque=Leveque, Dvořák=Dvorak, Ionescu=Ionescu,"
                "Öztürk=Ozturk"),
    ),
    "umlauts spelled out": (
        spelled("Jürgen=Juergen, Jörg=Joerg, Käthe=Kaethe, Björn=Bjoern, Günter=Guenter"),
        spelled("Müller=Mueller, Schröder=Schroeder, Groß=Gross, Jäger=Jaeger,"
                "Østergård=Oestergaard,"
                "Köhler=Koehler, Søndergaard=Soendergaard, Weiß=Weiss"),
    ),
    "initials": (
        spelled("A.=Anna, P.=Peter, I=Ingrid, C.=Carlos, F.=Fiona, M.=Mateo, G=Greta, V.=Victor"),
        LAST,
    ),
    "short forms": (
        spelled("Bill=William, Bob=Robert, Kate=Katherine, Liz=Elizabeth, Mike=Michael,"
                "Tony=Anthony, Jim=James, Peggy=Margaret, Dick=Richard, Chuck=Charles,"
                "Beth=Elizabeth,"
                "Ted=Edward, Jack=John, Nick=Nicholas, Steve=Stephen, Andy=Andrew, Sue=Susan,"
                "Jenny=Jennifer, Tom=Thomas, Dan=Daniel, Matt=Matthew, Ben=Benjamin,"
                "Alex=Alexander"),
        LAST,
    ),
    "short forms elsewhere": (
        spelled("Sasha=Aleksandr, Pepe=Jose, Hans=Johannes, Gosia=Malgorzata, Nacho=Ignacio,"
                "Dima=Dmitri, Misha=Mikhail, Paco=Francisco, Uli=Ulrich, Henk=Hendrik,"
                "Beppe=Giuseppe,"
                "Gianni=Giovanni, Kasia=Katarzyna, Vova=Vladimir, Natasha=Natalia, Zhenya=Evgeny,"
                "Kostas=Konstantinos, Lupe=Guadalupe, Piet=Pieter, Lena=Elena"),
        LAST,
    ),
    "other spellings": (
        spelled("Mohammed=Muhammad, Catherine=Katherine, Sergey=Sergei, Yuri=Yury, Jon=John,"
                "Nicolas=Nicholas, Philip=Phillip, Eric=Erik, Sara=Sarah, Ahmad=Ahmed,"
                "Aleksei=Alexey,"
                "Stefan=Stephan, Thomas=Tomas, Hussain=Hussein, Luis=Louis, Yusuf=Youssef"),
        spelled("Meyer=Meier, Ivanov=Ivanoff, Schmidt=Schmitt, Souza=Sousa, Hansen=Hanssen,"
                "Tchaikovsky=Chaikovsky, Petrosyan=Petrosian, Zelenskyy=Zelensky"),
    ),
    "surname first": (FIRST, LAST),
    "whole name in one cell": (
        spelled("Anna {last}=Anna, Peter {last}=Peter, Ingrid {last}=Ingrid, Carlos {last}=Carlos"),
        LAST,
    ),
    "comma": (
        (("{last}, Anna", "Anna"), ("{last}, Peter", "Peter"), ("{last}, Greta", "Greta")),
        LAST,
    ),
    "two given names": (
        spelled("Anna Maria=Anna, Hans Peter=Peter, Jean-Luc=Jean Luc, Juan Carlos=Juan,"
                "Anne-Sophie=Annesophie, John Paul=John, María José=Maria, Mary Ann=Maryann"),
        LAST,
    ),
    "middle names": (
        spelled("Anna B.=Anna, Peter James=Peter, J. Robert=Robert, Ingrid M=Ingrid,"
                "Carlos E. R.=Carlos"),
        LAST,
    ),
    "patronymics": (
        spelled("Ivan Petrovich=Ivan, Olga Sergeevna=Olga, Anton Pavlovich=Anton,"
                "Nina Ivanovna=Nina,"
                "Boris Nikolaevich=Boris, Irina Dmitrievna=Irina"),
        spelled("Sokolov=Sokolov, Morozov=Morozov, Lebedev=Lebedev, Volkov=Volkov"),
    ),
    "double surnames": (
        alike("Lucia", "Diego", "Marta", "Rafael", "Ines", "Pablo"),
        spelled("Romero=Romero Vidal, Castro Leal=Castro, Ortega y Gasset=Ortega Gasset,"
                "Silva Santos=Santos, Ferreira da Costa=Ferreira Costa, Mendes=Souza Mendes"),
    ),
    "married names": (
        FIRST,
        spelled("Lindholm=Lindholm Berg, Okafor-Brandt=Okafor, Hughes (Moreau)=Moreau,"
                "Kovacs Tanner=Tanner"),
    ),
    "particles": (
        FIRST,
        spelled("van den Berg=Vandenberg, de la Cruz=Cruz, von Trapp=Trapp, O'Brien=Obrien,"
                "Mac Donald=Macdonald, de Vries=Devries, Al-Rashid=Rashid, El Amrani=Elamrani,"
                "D\u2019Angelo=Dangelo, dos Santos=Santos, di Marco=Dimarco, ter Horst=Terhorst,"
                "Ben Youssef=Benyoussef, Le Gall=Legall, Van Der Meer=Meer"),
    ),
    "women's surnames": (
        alike("Jana", "Elena", "Marta", "Sofia", "Irina"),
        spelled("Nováková=Novak, Ivanova=Ivanov, Kowalska=Kowalski, Papadopoulou=Papadopoulos,"
                "Svobodová=Svoboda, Smirnova=Smirnov, Lewandowska=Lewandowski"),
    ),
    "titles and degrees": (
        spelled("Dr. Anna=Anna, Prof. Dr. Peter=Peter, Ms Ingrid=Ingrid, Ing. Carlos=Carlos,"
                "Mr. Victor=Victor, Dipl.-Ing. Greta=Greta"),
        spelled("Lindholm PhD=Lindholm, Okafor Jr.=Okafor, Brandt MBA=Brandt, Hughes III=Hughes,"
                "Tanner CPA=Tanner"),
    ),
    "nickname in quotes": (
        spelled('Robert "Bob"=Bob, William (Bill)=William, Elizabeth “Liz”=Liz, James "Jim"=James'),
        LAST,
    ),
    "misspelled": (
        spelled("Victro=Victor, Ingird=Ingrid, Carlso=Carlos, Ingrid=Ingrid"),
        spelled("Lindhom=Lindholm, Castelano=Castellano, Morreau=Moreau, Brant=Brandt,"
                "Okaffor=Okafor"),
    ),
    "Cyrillic": (
        spelled("Юрий=Yuri, Михаил=Mikhail, Евгений=Evgeny, Александр=Alexander, Ольга=Olga,"
                "Татьяна=Tatiana, Дмитрий=Dmitry, Наталья=Natalia, Андрей=Andrey, Ксения=Xenia,"
                "Сергій=Serhii, Олександр=Oleksandr"),
        spelled("Щербаков=Shcherbakov, Кузнецов=Kuznetsov, Хрущёв=Khrushchev, Жуков=Zhukov,"
                "Цветков=Tsvetkov, Чернов=Chernov, Шевченко=Shevchenko, Юдин=Yudin,"
                "Соловьёв=Solovyov, Зеленський=Zelenskyi"),
    ),
    "Greek": (
        spelled("Γιώργος=George, Χρήστος=Christos, Ευάγγελος=Evangelos, Ελένη=Eleni, Νίκος=Nikos,"
                "Βασίλης=Vasilis, Κατερίνα=Katerina, Δημήτρης=Dimitris"),
        spelled("Παπαδόπουλος=Papadopoulos, Νικολάου=Nikolaou, Οικονόμου=Economou,"
                "Καραγιάννης=Karagiannis,"
                "Αγγελόπουλος=Angelopoulos, Βλάχος=Vlachos"),
    ),
    "Arabic": (
        spelled("محمد=Mohammed, أحمد=Ahmed, يوسف=Youssef, فاطمة=Fatima, خالد=Khaled, حسين=Hussein,"
                "عمر=Omar, ليلى=Layla, إبراهيم=Ibrahim, مريم=Maryam"),
        spelled("الخطيب=Khatib, الرشيد=Alrashid, حداد=Haddad, منصور=Mansour, النجار=Najjar,"
                "سليمان=Suleiman, قاسم=Qasim, درويش=Darwish"),
    ),
    "Hebrew": (
        spelled("משה=Moshe, שרה=Sarah, דוד=David, רחל=Rachel, יצחק=Yitzhak"),
        spelled("כהן=Cohen, לוי=Levi, מזרחי=Mizrahi, פרץ=Peretz, ביטון=Biton"),
    ),
    "Chinese": (
        spelled("芳=Fang, 小明=Xiaoming, 伟=Wei, 秀英=Xiuying, 建国=Jianguo, 丽=Li, 志强=Zhiqiang"),
        spelled("王=Wang, 李=Li, 张=Zhang, 刘=Liu, 陈=Chen, 欧阳=Ouyang, 赵=Zhao"),
    ),
    "Korean": (
        spelled("민수=Minsu, 지원=Jiwon, 영희=Younghee, 지성=Jisung, 현우=Hyunwoo, 은정=Eunjung"),
        spelled("김=Kim, 박=Park, 이=Lee, 최=Choi, 정=Jung, 강=Kang"),
    ),
    "Japanese in kana": (
        spelled("いちろう=Ichiro, ひろし=Hiroshi, ケンジ=Kenji, さくら=Sakura, ゆみこ=Yumiko"),
        spelled("たなか=Tanaka, サトウ=Sato, すずき=Suzuki, ヤマモト=Yamamoto, こばやし=Kobayashi"),
    ),
    "Hindi": (
        spelled("राहुल=Rahul, प्रिया=Priya, अमित=Amit, संजय=Sanjay"),
        spelled("शर्मा=Sharma, गुप्ता=Gupta, पटेल=Patel, वर्मा=Verma"),
    ),
    "Vietnamese": (
        spelled("Văn An=An, Thị Hoa=Hoa, Minh Tuấn=Tuan, Thùy Linh=Linh, Đức=Duc"),
        spelled("Nguyễn=Nguyen, Trần=Tran, Phạm=Pham, Đặng=Dang"),
    ),
}  # fmt: skip


def people(kind: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield first and last name as a row has them, then as a vendor has them."""
    if kind == "surname first":
        for one, other in product(FIRST, LAST):
            yield other[0], one[0], one[1], other[1]
        return
    for (first, theirs), (last, theirs_last) in product(*KINDS[kind]):
        whole = "{last}" in first
        yield first.format(last=last), "" if whole else last, theirs, theirs_last
