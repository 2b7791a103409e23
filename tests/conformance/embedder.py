"""What every embedder must do. Subclass it in a test module and give the fixture `embedder`."""

from __future__ import annotations

import numpy as np

from retrieval.embedders import Embedder

TEXTS = ["The pump weighs twelve kilograms.", "L'été, la pompe est arrêtée.", "🎉", "", "word " * 2000]


class EmbedderConformance:
    """The contract of `retrieval.embedders.Embedder`."""

    def test_rows_are_float32_unit_vectors_whatever_the_text(self, embedder: Embedder) -> None:
        for matrix in (embedder.encode_passages(TEXTS), embedder.encode_queries(TEXTS)):
            assert matrix.dtype == np.float32 and matrix.shape == (len(TEXTS), embedder.dimension)
            np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1.0, atol=1e-5)

    def test_no_texts_give_no_rows(self, embedder: Embedder) -> None:
        assert embedder.encode_passages([]).shape == (0, embedder.dimension)
        assert embedder.encode_queries([]).shape == (0, embedder.dimension)

    def test_rows_keep_the_order_of_texts_and_do_not_depend_on_neighbours(self, embedder: Embedder) -> None:
        together = embedder.encode_passages(TEXTS)
        for row, text in zip(together, TEXTS, strict=True):
            np.testing.assert_allclose(embedder.encode_passages([text])[0], row, atol=1e-5)

    def test_the_same_call_gives_the_same_bytes(self, embedder: Embedder) -> None:
        assert embedder.encode_passages(TEXTS).tobytes() == embedder.encode_passages(TEXTS).tobytes()

    def test_a_query_is_nearest_to_the_passage_about_it(self, embedder: Embedder) -> None:
        passages = embedder.encode_passages(
            ["The pump weighs twelve kilograms.", "Holidays are booked with the office manager.", "Invoices go to finance."]
        )
        (scores,) = embedder.encode_queries(["How many kilograms does the pump weigh?"]) @ passages.T
        assert scores.argmax() == 0

    def test_text_beyond_the_limit_is_not_read(self, embedder: Embedder) -> None:
        assert embedder.token_limit > 8
        start = "pump " * (embedder.token_limit + 10)
        np.testing.assert_allclose(embedder.encode_passages([start + "valve"]), embedder.encode_passages([start]), atol=1e-5)

    def test_tokens_are_counted_beyond_the_limit(self, embedder: Embedder) -> None:
        assert embedder.count_tokens("") == 0
        assert embedder.count_tokens("pump " * 5000) == 5000
        if embedder.tokenizer is not None:
            assert len(embedder.tokenizer.encode("pump " * 5000, add_special_tokens=False).ids) == 5000

    def test_name_and_fingerprint_say_what_it_is(self, embedder: Embedder) -> None:
        assert embedder.name and len(embedder.fingerprint) >= 8
