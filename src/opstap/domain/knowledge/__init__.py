"""What is good to know about work with or after cancer: short texts of our own, each dated and with its sources.

`articles(reader)` gives the texts for one reader, the fitting ones first; `found(words, told)` searches them. The
texts are files in `data/`, one per article, never code.
"""

from opstap.domain.knowledge.choose import Reader, Told, articles, found, holds, situations
from opstap.domain.knowledge.load import KnowledgeError, library, read_library
from opstap.domain.knowledge.model import Article, Situation, Source, Topic

__all__ = [
    "Article",
    "KnowledgeError",
    "Reader",
    "Situation",
    "Source",
    "Told",
    "Topic",
    "articles",
    "found",
    "holds",
    "library",
    "read_library",
    "situations",
]
