"""Do pages name themselves and their translations so that search engines believe them?

Google ignores `hreflang` that is not answered from the other side (Search Central, "Localized versions of your pages"):
every version lists itself and all the others, and the neutral one (`x-default`).
"""

from collections.abc import Mapping

from tests.judges.answers import Answer, without_tracking


def alternates_of(answer: Answer) -> dict[str, str]:
    """The addresses of `<link rel=alternate hreflang=…>`, by language."""
    return {
        link.get("hreflang", ""): link.get("href", "")
        for link in answer.elements("link")
        if "alternate" in link.get("rel", "").split() and link.get("hreflang")
    }


def canonical_of(answer: Answer) -> list[str]:
    """The addresses of `<link rel=canonical>`, of which there should be one."""
    return [link.get("href", "") for link in answer.elements("link") if "canonical" in link.get("rel", "").split()]


def address_complaints(answer: Answer, answers: Mapping[str, Answer]) -> list[str]:
    """What is wrong with the addresses a page that may be indexed gives itself and its translations. `answers` are
    those of the whole site, by absolute address."""
    own = without_tracking(answer.url)
    canonical, alternates = canonical_of(answer), alternates_of(answer)
    if canonical != [own] and not _stand_for(answer, canonical, answers):
        return [f"canonical is {canonical}"]
    if not alternates:  # page 2 of a list says something else in each language
        return []
    complaints = []
    if alternates.get(answer.language) != canonical[0]:
        complaints.append(f"does not name itself: {alternates}")
    if alternates.get("x-default") not in {url for language, url in alternates.items() if language != "x-default"}:
        complaints.append(f"x-default is {alternates.get('x-default')}, none of its languages")
    for language, url in alternates.items():
        other = answers.get(url)
        if other is None or other.status != 200:
            complaints.append(f"{language} leads to {url}, which answers {other.status if other else 'nothing'}")
        elif alternates_of(other) != alternates:
            complaints.append(f"{url} does not point back: {alternates_of(other)}")
    return complaints


def _stand_for(answer: Answer, canonical: list[str], answers: Mapping[str, Answer]) -> bool:
    """Whether the canonical address is another selection of the same list, which names itself: of page 9999999 the last
    page, for example."""
    path, _, query = answer.url.partition("?")
    return bool(query) and any(
        url.partition("?")[0] == path and url in answers and canonical_of(answers[url]) == [url] for url in canonical
    )
