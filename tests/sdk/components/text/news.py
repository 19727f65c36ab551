"""Three hundred short articles of an Australian broadcaster, which the package gensim brings."""

from functools import lru_cache
from pathlib import Path

import gensim
import pandas as pd
from atelier.components.tables import Table


@lru_cache
def table() -> Table:
    path = Path(gensim.__file__).parent / "test" / "test_data" / "lee_background.cor"
    texts = path.read_text(encoding="latin-1").splitlines()
    return Table(pd.DataFrame({"number": range(len(texts)), "text": texts}))
