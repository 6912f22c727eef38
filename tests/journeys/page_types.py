"""Where each type of page stands in the demo, and each step of signing up and leaving."""

# The pages of worst_pages.py: with every kind of block; without everything that may be missing; withdrawn.
EVERYTHING, NOTHING, WITHDRAWN = ("worst-everything", "worst-nothing", "worst-withdrawn")
NEWS = {"en": "/en/news/", "fr": "/fr/actualites/"}
PLACES: dict[str, dict[str, str]] = {
    "front": {"en": "/en/", "fr": "/fr/"},
    "news": NEWS,
    "category": {"en": "/en/news/water/", "fr": "/fr/actualites/eau/"},
    "latest": {"en": "/en/latest-news/", "fr": "/fr/l-actualite/"},
    "latest-page-2": {"en": "/en/latest-news/?page=2", "fr": "/fr/l-actualite/?page=2"},
    "most-read": {"en": "/en/most-read/", "fr": "/fr/les-plus-lus/"},
    "article": {
        "en": "/en/news/irbid-three-minibuses/",
        "fr": "/fr/actualites/trois-minibus-pour-finir-la-dixieme-annee/",
    },
    "worst-article": {language: f"{news}{EVERYTHING}/" for language, news in NEWS.items()},
    "bare-article": {language: f"{news}{NOTHING}/" for language, news in NEWS.items()},
    "withdrawn": {language: f"{news}{WITHDRAWN}/" for language, news in NEWS.items()},
    "standard": {"en": "/en/about-the-network/", "fr": "/fr/le-reseau/"},
    "newsletter": {"en": "/en/newsletter/", "fr": "/fr/lettre-d-information/"},
    "search": {"en": "/en/search/", "fr": "/fr/search/"},
    "found": {"en": "/en/search/?q=water", "fr": "/fr/search/?q=eau"},
    "nothing-found": {"en": "/en/search/?q=zzzzz", "fr": "/fr/search/?q=zzzzz"},
    "not-found": {"en": "/en/nothing-here/", "fr": "/fr/rien-ici/"},
}
ARCHIVED_MAIL = {
    "en": "/en/newsletter/what-ninety-seconds-can-hold/",
    "fr": "/fr/lettre-d-information/ce-que-peuvent-contenir-quatre-vingt-dix-secondes/",
}
STEPS = ["form", "form-of-another-site", "not-an-address", "asked", "bad-confirmation", "confirmation", "confirmed"]
STEPS += ["confirmed-before", "settings", "own-data", "leaving", "left", "bad-leaving"]
PAGE_TYPES = [*PLACES, *STEPS]
