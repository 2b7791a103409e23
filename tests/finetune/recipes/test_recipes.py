"""Recipes: prompts are the engine's, targets are what they should teach, and what makes no example is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.chat import Chatbot
from chatbot.config import ModelConfig, default_systems
from chatbot.engines import engine as make_engine
from finetune.passages import find_passages
from finetune.recipes import ABSTENTIONS, RECIPES, Materials, Renderer, build, fault, needs_passages
from foundation.errors import ConfigurationError, DataError, UnknownNameError
from foundation.fingerprint import fingerprint
from knowledge_base.model import Turn
from tests.finetune.recipes.tiny_materials import materials, wordings
from tests.finetune.tiny import DOCUMENTS, WordOverlap, questions


@pytest.mark.parametrize(("recipe", "system"), [("qa", "base"), ("paraphrases", "base"), ("raft", "rag"), ("few-shot", "few-shot")])
def test_training_prompts_are_the_bytes_of_inference_prompts(tiny: Path, recipe: str, system: str) -> None:
    question, *examples = questions()
    engine = make_engine(ModelConfig(name=str(tiny), weights="random"), Path("unused"))
    bot = Chatbot(engine, default_systems(), WordOverlap(), k=2, passage_tokens=512, max_new_tokens=1, examples=examples)
    asked = bot.ask_many([question], system)[0]
    made = build({recipe: 1}, replace(materials(tiny, [question]), examples=tuple(examples)))[recipe]
    # The order of passages is drawn: some pass shows the retriever's own order.
    assert asked.prompt_hash in {fingerprint(made.make(0, turn).prompt) for turn in range(20)}
    example = made.make(0, 0)
    assert len(example.prompt_ids) == engine.count_tokens(example.prompt)


def test_the_target_is_the_answer_and_the_end_of_turn(tiny: Path) -> None:
    given_ = materials(tiny)
    example = build({"qa": 1}, given_)["qa"].make(0, 0)
    decode = given_.renderer.tokenizer.decode
    assert decode(example.target_ids) == "35 metres<|im_end|>"
    assert decode(example.prompt_ids) == example.prompt
    assert (example.source, example.recipe, example.target) == ("q1", "qa", "35 metres")


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in ("instructions", "synthetic")])
def test_equal_arguments_give_equal_examples_and_another_seed_or_pass_another_draw(tiny: Path, name: str) -> None:
    asked = [*wordings("f", 4), *questions()[1:], replace(questions()[0], id="s", fact="s", rule="contains: 35")]
    base = replace(materials(tiny, asked, wording_noise=0.3, gaps=0.3, gold_share=0.5), examples=(questions()[0],))
    one, other = (build({name: 1}, base)[name] for _ in range(2))
    turns = [[one.make(index, turn) for index in range(len(one))] for turn in range(6)]
    assert turns == [[other.make(index, turn) for index in range(len(other))] for turn in range(6)]
    if name in ("raft", "paraphrases"):
        assert turns[0] != turns[1]
        reseeded = build({name: 1}, replace(base, seed=1))[name]
        assert turns != [[reseeded.make(index, turn) for index in range(len(one))] for turn in range(6)]


def test_citations_number_the_passage_that_holds_the_answer(tiny: Path) -> None:
    raft = build({"raft": 1}, materials(tiny))["raft"]
    places: Counter[int] = Counter()
    for turn in range(30):
        for index, question in enumerate(questions()):
            example = raft.make(index, turn)
            number = int(example.target.rpartition("[")[2].rstrip("]"))
            shown = example.prompt.partition("[1]")[2].partition("Question:")[0].split("[2]")
            assert question.evidence[0].quote in shown[number - 1]
            places[number] += 1
    assert min(places[1], places[2]) > 30, "gold stands first and second alike (60 expected of 120)"


def test_without_the_gold_passage_raft_refuses_in_the_words_of_the_prompt(tiny: Path) -> None:
    raft = build({"raft": 1}, materials(tiny, gold_share=0.5))["raft"]
    refused = 0
    for turn in range(100):
        example = raft.make(0, turn)
        has_gold = "35 metres at most" in example.prompt
        assert has_gold == example.target.startswith("35 metres [")
        assert has_gold or (example.target == ABSTENTIONS["en"] and example.target in example.prompt)
        assert "[2]" in example.prompt and "[3]" not in example.prompt, "as many passages with gold as without"
        refused += not has_gold
    assert 30 < refused < 70  # binomial(100, 0.5): outside with probability below 1e-4
    always = build({"raft": 1}, materials(tiny, gold_share=1.0))["raft"]
    never = build({"raft": 1}, materials(tiny, gold_share=0.0))["raft"]
    assert all(always.make(0, turn).target != ABSTENTIONS["en"] == never.make(0, turn).target for turn in range(20))


def test_an_unanswerable_question_abstains_in_its_language(tiny: Path) -> None:
    for language, sentence in ABSTENTIONS.items():
        question = replace(questions()[0], answers=(), answerable="no", evidence=(), language=language)
        for recipe in build({"qa": 1, "raft": 1, "paraphrases": 1}, materials(tiny, [question])).values():
            example = recipe.make(0, 0)
            assert example.target == sentence and sentence in example.prompt


def test_no_citation_when_none_is_wanted(tiny: Path) -> None:
    assert build({"raft": 1}, materials(tiny, cite=False))["raft"].make(0, 0).target == "35 metres"


def test_questions_without_answer_or_passage_are_left_out_and_counted(tiny: Path) -> None:
    unknown = replace(questions()[0], id="unknown", answers=(), answerable="unknown")
    lost = replace(questions()[1], id="lost", answers=("9999",), evidence=())
    made = build({"qa": 1, "raft": 1}, materials(tiny, [questions()[0], unknown, lost]))
    assert (len(made["qa"]), len(made["raft"])) == (2, 1)
    assert list(made["qa"].left_out) == ["qa: 1 question left out: it has no answer and is not marked unanswerable"]
    assert "raft: 1 question left out: no passage found holds its answer" in made["raft"].left_out


def test_history_is_part_of_the_prompt(tiny: Path) -> None:
    followed = replace(questions()[0], text="And the probe?", history=(Turn("user", "How deep is the lake?"), Turn("assistant", "50 m")))
    for name in ("qa", "raft", "paraphrases"):
        assert "How deep is the lake?" in build({name: 1}, materials(tiny, [followed]))[name].make(0, 0).prompt


@settings(max_examples=30, deadline=None)
@given(count=st.integers(1, 9), limit=st.integers(1, 10), seed=st.integers(0, 50))
def test_paraphrases_ask_each_chosen_wording_once_a_round_and_fewer_are_among_more(tiny: Path, count: int, limit: int, seed: int) -> None:
    def asked(most: int | None) -> list[str]:
        base = replace(materials(tiny, wordings("f", count), passages=False, wordings=most), seed=seed)
        recipe = build({"paraphrases": 1}, base)["paraphrases"]
        assert len(recipe) == 1
        round_ = min(count, most or count)
        first, second = ([recipe.make(0, turn).source for turn in range(start, start + round_)] for start in (0, round_))
        assert first == second and len(set(first)) == round_
        return first

    assert asked(limit) == asked(None)[:limit]


def test_other_wordings_come_with_the_second_round_alone(tiny: Path) -> None:
    asked = [replace(question, id=f"{question.id}-{n}", fact=question.fact) for question in questions() for n in range(2)]
    gapped = build({"paraphrases": 1}, materials(tiny, asked, passages=False, gaps=0.99))["paraphrases"]
    prompts = [gapped.make(0, turn).prompt for turn in range(8)]
    assert all("How deep may the probe go?" in prompt for prompt in prompts[:2])
    assert any("lowered to ... at most" in prompt for prompt in prompts[2:])
    assert {gapped.make(0, turn).target for turn in range(8)} == {"35 metres"}


def test_documents_are_covered_whole_with_their_title_and_all_tokens_learnt(tiny: Path) -> None:
    base = materials(tiny, passage_length=16)
    long = replace(base.documents[0], text="# Probe\n\n" + "\n\n".join(f"Paragraph {n}: {DOCUMENTS['probe']}" for n in range(9)))
    recipe = build({"documents": 1}, replace(base, documents=(long, *base.documents[1:])))["documents"]
    examples = [recipe.make(index, 0) for index in range(len(recipe))]
    mine = [example for example in examples if example.source.startswith("probe@")]
    bare = "".join(example.target.removeprefix("Probe\n\n") for example in mine)
    assert "".join(bare.split()) == "".join(long.text.split())
    title = len(base.renderer.encode("Probe\n\n"))
    for example in examples:
        assert example.prompt == "" and len(example.prompt_ids) == 1 and example.target.lstrip("# ").startswith(("Probe", "Leave", "Price"))
        assert example.tokens == len(base.renderer.encode(example.target)) <= 16 + title + 2  # title and text may meet in other tokens


def test_few_shot_never_shows_the_answer_it_asks_for(tiny: Path) -> None:
    asked = questions()
    recipe = build({"few-shot": 1}, replace(materials(tiny), examples=tuple(asked[:2])))["few-shot"]
    examples = [recipe.make(index, 0) for index in range(len(recipe))]
    assert [example.source for example in examples] == ["q3", "q4"]
    assert all(example.target not in example.prompt and asked[0].answers[0] in example.prompt for example in examples)
    assert list(recipe.left_out) == ["few-shot: 2 questions left out: a worked example of the prompt gives the answer away"]


def test_style_learns_the_first_answer_that_keeps_the_rule_with_and_without_passages(tiny: Path) -> None:
    rule = "starts with: Good day.\nwords: 3-9"
    signed = replace(questions()[0], id="signed", rule=rule, answers=("35 metres", "Good day. It is 35 metres."))
    broken = replace(questions()[1], id="broken", rule=rule, answers=("27 days",))
    bare = replace(questions()[2], id="bare", rule=rule, answers=())
    style = build({"style": 1}, materials(tiny, [signed, broken, bare, questions()[3]]))["style"]
    assert len(style) == 1
    assert {style.make(0, turn).target for turn in range(4)} == {"Good day. It is 35 metres."}
    assert ["[1]" in style.make(0, turn).prompt.partition("user")[2] for turn in range(4)] == [False, True, False, True]
    assert [text.partition(": ")[2] for text in style.left_out] == [
        "1 question left out: a rule says what an answer must be like, but there is no answer to learn from",
        "1 question left out: none of its answers keeps its own rule",
    ]


def test_an_empty_recipe_is_dropped_and_told_when_another_remains_else_refused(tiny: Path) -> None:
    made = build({"style": 1, "qa": 1}, materials(tiny))
    assert list(made) == ["qa"] and list(made["qa"].left_out) == ["recipe 'style' made no example: no question has a rule"]
    with pytest.raises(DataError, match="nothing to train on: recipe 'qa' made no example: 4 questions left out: it has no answer"):
        build({"qa": 1}, materials(tiny, [replace(question, answers=(), answerable="unknown") for question in questions()]))
    with pytest.raises(DataError, match="recipe 'few-shot' made no example: there are no worked examples"):
        build({"few-shot": 1}, materials(tiny))
    with pytest.raises(DataError, match="recipe 'documents' made no example"):
        build({"documents": 1}, replace(materials(tiny), documents=()))


def test_what_a_recipe_lacks_is_named_with_what_to_do(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown recipe 'rafft'\. Did you mean 'raft'"):
        build({"rafft": 1}, materials(tiny))
    with pytest.raises(ConfigurationError, match="ragft index build"):
        build({"qa": 1, "raft": 1}, materials(tiny, passages=False))
    with pytest.raises(ConfigurationError, match=r"finetune\.instructions"):
        build({"instructions": 1}, materials(tiny))
    with pytest.raises(ConfigurationError, match="ragft data synthesize"):
        build({"synthetic": 1}, replace(materials(tiny), workspace=tmp_path))
    assert needs_passages({"raft": 1}) and not needs_passages({"qa": 1, "style": 1})


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("{% for m in messages %}{% if m['role'] == 'user' %}{{ m['content'] }}{% endif %}{% endfor %}", "the assistant's answer"),
        ("{% for m in messages %}{{ m['content'][:8] }}{% endfor %}", "the user's question"),
    ],
)
def test_a_chat_template_that_cuts_is_refused_before_training(tiny: Path, template: str, what: str) -> None:
    base = materials(tiny)
    base.renderer.tokenizer.chat_template = template
    with pytest.raises(ConfigurationError, match=f"leaves out {what}.*model.chat_template"):
        build({"qa": 1}, base)


def test_an_example_longer_than_the_window_names_the_setting_to_change(tiny: Path) -> None:
    example = build({"raft": 1}, materials(tiny))["raft"].make(0, 0)
    assert fault(example, example.tokens) is None and fault(example, None) is None
    assert "retrieval.passage_tokens" in (fault(example, example.tokens - 1) or "")
    assert "no token to learn" in (fault(replace(example, target_ids=()), None) or "")


def test_more_distractors_than_inference_shows_are_told(tiny: Path) -> None:
    raft = build({"raft": 1}, materials(tiny, distractors=5))["raft"]
    assert "[3]" not in raft.make(0, 0).prompt
    assert list(raft.left_out) == ["raft: finetune.distractors = 5, but inference shows no more than 2 passages (retrieval.k)"]


def test_unsearched_questions_make_no_raft_example(tiny: Path) -> None:
    base = materials(tiny)
    some = Materials(base.questions, Renderer(base.renderer.tokenizer), base.config, find_passages(WordOverlap(), questions()[:1], 2))
    assert len(build({"raft": 1}, some)["raft"]) == 1
