"""Golden TF-IDF rows by scikit-learn: python term_weights.py > term_weights.json

Needs scikit-learn (made with 1.9.1). The vocabulary is given, since scikit-learn limits one by the number of
occurrences and not of texts.
"""

import json

from sklearn.feature_extraction.text import TfidfVectorizer

FITTED = ["the cat sat on the mat", "the dog sat", "a bird sang and the cat ran from the bird"]
OTHER = ["the bird sat on the dog on the cat", "nobody knows", "the the the"]

vectoriser = TfidfVectorizer(lowercase=False, token_pattern=r"[^ ]+")
fitted = vectoriser.fit_transform(FITTED).toarray()
other = vectoriser.transform(OTHER).toarray()
print(
    json.dumps(
        {
            "fitted": FITTED,
            "other": OTHER,
            "terms": list(vectoriser.get_feature_names_out()),
            "fitted_rows": fitted.tolist(),
            "other_rows": other.tolist(),
        },
        indent=1,
    )
)
