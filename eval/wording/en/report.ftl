# The report: headings, columns, notes, marks. Metrics are in metric.ftl.
report-title = Which system answers best?
report-stands-on = What it stands on
report-findings = The other findings, in words
report-settle = What would settle it, or change it
report-scope = Scope
report-care = Read with care
report-appendix = For engineers
report-examples = Questions and answers
report-definitions = What the metrics mean
report-primary = primary
report-source = Source
report-missing = Without an answer
report-provenance-plan = plan
report-provenance-engine = engine
report-provenance-fingerprints = fingerprints
report-provenance-versions = versions
report-provenance-environment = environment
report-provenance-configuration = configuration
report-provenance = Where this comes from
report-yes = yes
report-no = no
report-unknown = not known
report-colon = {": "}
report-not-applicable = n/a
report-continued = { $title } (continued)
report-terminal-more = { $count ->
    [0] Passages, definitions and provenance are in the written reports: ragft report RUN --format html
    [one] 1 more example, passages, definitions and provenance are in the written reports: ragft report RUN --format html
   *[other] { COUNT($count) } more examples, passages, definitions and provenance are in the written reports: ragft report RUN --format html
}

## The decision
report-decision-rag = RAG
report-decision-finetuned = Fine-tuning
report-decision-both = RAG + fine-tuning
report-decision-base = Base model
report-decision-equivalent = Equivalent
report-decision-not-enough-evidence = Not enough evidence

## Scope
report-scope-run = run
report-scope-model = model
report-scope-engine = engine
report-scope-precision = precision
report-scope-weights = weights
report-scope-knowledge-base = knowledge base
report-scope-documents = documents
report-scope-questions = questions
report-scope-facts = facts
report-scope-languages = languages
report-scope-date = date
report-scope-k = passages shown
report-scope-imported = imported
report-weights-real = real
report-weights-random = random

## Sections
report-section-scores = Scores
report-section-contrasts = Differences
report-section-decision = How firm the decision is
report-section-slices = Some of the questions
report-section-why = Why answers are wrong
report-section-retrieval = Retrieval and grounding
report-section-risk = Answering only when sure
report-section-behaviour = Behaviour and cost
report-section-unscored = What was not scored

## Tables
report-table-scores = Scores of the answers
report-table-seeds = By training seed
report-table-retrieval = Retrieval
report-table-grounding = Citations and groundedness
report-table-support = How often each system leads
report-table-contrasts = Declared contrasts
report-table-contrasts-detail = The same in detail
report-table-explorations = Also seen, not declared
report-table-against = Against the primary metric
report-table-margins = The decision at other margins
report-table-by-exposure = By exposure to training
report-table-by-kind = By kind of question
report-table-by-tag = By tag
report-table-by-language = By language of the question
report-table-by-length = By length of the question
report-table-tongues = Does the model speak the language?
report-table-causes = Causes
report-table-risk = Risk and coverage
report-table-behaviour = What each system did and took
report-table-unscored = Questions without a score

## Columns
report-column-system = system
report-column-seed = seed { $seed }
report-column-leads = leads in
report-column-contrast = contrast
report-column-difference = difference
report-column-p = p
report-column-p-holm = p (Holm)
report-column-q = q
report-column-won = won / tied / lost
report-column-equivalence = equivalence (90 %)
report-column-verdict = verdict
report-column-kind = changes
report-column-error = standard error
report-column-mcnemar = McNemar p
report-column-smallest = smallest visible
report-column-needed = questions needed
report-column-metric = metric
report-column-where = questions
report-column-cause = cause
report-column-signal = signal
report-column-area = area
report-column-at-random = by chance
report-column-gain = against chance
report-column-surest-half = wrong in the surest half
report-column-measure = measure
report-column-margin = margin in points
report-column-decision = decision
report-column-language = language
report-column-questions = questions
report-column-spoken = spoken
report-column-declared = declared by the model
report-column-matching = answers in it
report-column-mark = mark
report-column-answer = answer

## Notes under tables
report-note-scored = { $questions } scored questions on { $facts } facts.
report-note-scores = Under each mean is its { $level } interval, clustered by fact. “{ $metric }” was declared primary before the run; the others are exploratory.
report-note-method = { $mark } marks another interval: { $method }.
report-note-seeds = Means of “{ $metric }”, one per training seed: how far luck of training alone moves a system.
report-note-retrieval = Measured on the evidence spans of the questions, before any model reads a passage.
report-note-grounding = Do the answers keep to the passages shown, and do their citations point to the evidence?
report-note-support = Share of the resamples in which the system has the highest mean on the primary metric, ties shared.
report-note-contrasts = Differences in points of “{ $metric }” with their { $level } interval; p by paired permutation of whole facts, corrected by Holm over these contrasts. Questions that only one of the two has a score for are left out.
report-note-margin = The declared margin is { $margin } points: the equivalence interval has to lie within it for a difference to be called too small to matter.
report-note-contrasts-detail = A controlled contrast changes one thing, a bundled one several, and is put down to none of them. McNemar takes questions as independent. The smallest visible difference (points) and the questions needed for the margin are for 80 % power.
report-note-against = Differences that were not declared, below a false discovery rate of 5 %, that favour the other system than “{ $primary }” does.
report-note-explorations = Of { COUNT($tested) } differences on other metrics and in slices, { COUNT($found) } { $found ->
    [one] stays
   *[other] stay
} below a false discovery rate of 5 % (Benjamini and Hochberg); shown: { COUNT($shown) }. They suggest what to test next and decide nothing.
report-note-slice = “{ $metric }” with its { $level } interval.
report-note-by-exposure = Word for word: asked in these words in training; reworded: the same fact in other words; never seen: the fact was not trained.
report-note-by-kind = A system that always abstains earns the unanswerable questions.
report-note-by-tag = A question counts under each of its tags.
report-note-by-language = Each question is counted under its own language.
report-note-by-length = Length of the question, in words.
report-note-few = Where it says “few”, there are too few facts for an interval: these are counts to look at, no more.
report-note-smallest = Smallest differences that these questions can show, in points, where two systems disagree on { PERCENT(0.2) } of them: { $listed }.
report-note-tongues = Where the model declares no languages, those of its answers tell.
report-note-causes = Questions, and their share. Each cause is a written rule over the record of the answer.
report-note-risk = A system that answers only where the signal is high gets fewer of them wrong: share wrong, on a scale of 100. Area: mean over all coverages, lower is better; by chance: with a signal that knows nothing.
report-note-behaviour = Lengths are means per question; speeds are those of batches on the machine of the run.
report-note-latency = Latency was measured apart, one question at a time.
report-note-no-latency = Latency was not measured: ragft compare --latency N does.
report-note-imported = The answers of { $system } were imported from { $file }, not generated here: n/a (not applicable) stands where the file says nothing.
report-note-unscored = Of how many questions there is no score, and why. None of them counts as 0. Not applicable: the metric says nothing about such a question or system. Unscored: the question has no known answer, the system has none to it, or the metric lacked what it needs, such as an embedder. Failed: answering or scoring failed.
report-note-margins = What would be decided, were the smallest difference that matters another one.
report-note-examples = { COUNT($shown) } of { COUNT($all) } questions, evenly spread over the run.
report-note-marks = ✓ correct, ✗ incorrect, ○ abstained, · unscored, ! error. Marks are by the metric “{ metric-correct }”, whatever the primary metric is. A citation that points to no passage is struck out or marked.

## Cells
report-of = { COUNT($part) } of { COUNT($whole) }
report-on = on { COUNT($count) }
report-few = few
report-left-out = { COUNT($count) } left out
report-sized = { COUNT($questions) } { $questions ->
    [one] question
   *[other] questions
}, { COUNT($facts) } { $facts ->
    [one] fact
   *[other] facts
}
report-edge-floor = floor
report-edge-ceiling = ceiling
report-length = { $words } words
report-declared = declared
report-from-to = from { $low } to { $high }
report-from = from { $low }
report-all-questions = all questions
report-equivalence-shown = equivalent
report-equivalence-not-shown = not shown
report-verdict-equivalent = too small to matter
report-verdict-not-shown = no difference shown
report-verdict-fragile = not shown: rests on leaving out failures
report-verdict-better-plain = { $system } is better
report-verdict-better-within = { $system } is better, by less than the margin
report-verdict-better-beyond = { $system } is better, by more than the margin
report-verdict-better-perhaps = { $system } is better, perhaps by less than the margin
report-verdict-worse-plain = { $system } is worse
report-verdict-worse-within = { $system } is worse, by less than the margin
report-verdict-worse-beyond = { $system } is worse, by more than the margin
report-verdict-worse-perhaps = { $system } is worse, perhaps by less than the margin
report-otherwise = favours { $here }; “{ $primary }” favours { $favoured }
report-otherwise-open = favours { $here }; “{ $primary }” leans to { $favoured }, not shown

## What contrasts change
report-kind-of-contrast-controlled = controlled
report-kind-of-contrast-bundled = bundled
report-factor-context = context
report-factor-adapter = adapter
report-factor-model = model
report-factor-prompt = prompt
report-factor-retrieval = retrieval
report-factor-imported = imported answers
report-effect-win-share = share won
report-effect-cohens-dz = Cohen’s dz
report-effect-cohens-g = Cohen’s g
report-effect-odds-ratio = odds ratio
report-method-bca = bias-corrected and accelerated bootstrap
report-method-score = Wilson’s score interval
report-method-beta = Clopper and Pearson’s interval, widened for clusters
report-method-few-differences = Student’s t over facts after two are added, since few differ
report-method-student = Student’s t over facts
report-method-agresti-min = Agresti and Min’s adjusted interval
report-method-no-spread = exact bound, all facts being alike
report-method-nested = Student’s t over trainings (seeds or folds) and facts

## Kinds of questions, exposure, dimensions
report-kind-question = question
report-kind-fact = fact
report-kind-list = list
report-kind-example = example
report-kind-paraphrase = reworded
report-kind-changed = changed premise
report-kind-unseen = unseen
report-kind-style = style
report-kind-follow-up = follow-up
report-kind-two-documents = two documents
report-kind-injection = injection
report-kind-unanswerable = unanswerable
report-exposure-verbatim = word for word
report-exposure-paraphrase = reworded
report-exposure-unseen = never seen
report-by-exposure = exposure
report-by-kind = kind
report-by-tag = tag
report-by-language = language
report-by-length = length

## Causes (eval.attribution has what each means)
report-cause-correct = correct
report-cause-unscored = not scored
report-cause-error = failed
report-cause-not-retrieved = evidence not retrieved
report-cause-retrieved-not-read = retrieved, not read
report-cause-hallucinated = hallucinated
report-cause-right-but-mis-scored = right but mis-scored
report-cause-gold-doubtful = gold answer doubtful
report-cause-should-have-abstained = should have abstained
report-cause-abstained-needlessly = abstained needlessly
report-cause-undetermined = undetermined

## Statuses
report-status-not-applicable = { COUNT($count) } not applicable
report-status-unscored = { COUNT($count) } unscored
report-status-error = { COUNT($count) } failed

## Signals of a risk–coverage curve
report-signal-passage-score = score of the best passage
report-signal-groundedness = groundedness

## Behaviour
report-measure-answered = questions answered
report-measure-cited = answers with citations
report-measure-uncited = answers without citations
report-measure-miscited = answers with wrong citation numbers
report-measure-abstentions = abstentions
report-measure-errors = errors
report-measure-questions-per-second = questions per second
report-measure-tokens-per-second = tokens per second
report-measure-latency-p50 = latency, median
report-measure-latency-p95 = latency, 95th percentile
report-measure-latency-questions = latency, questions asked

## Definitions
report-range-shown = 0 to 1, shown as 0 to 100
report-range = { $low } to { $high }
report-range-open = { $low } and up
report-better-higher = higher is better
report-better-lower = lower is better

## The chart
report-figure = “{ $metric }”: mean and { $level } interval, per system

## Questions
report-gold = Gold answer: { $answers }
report-no-gold = No gold answer: the right answer is to abstain
report-tally = { COUNT($right) } of { COUNT($scored) } correct
report-shown-to = { COUNT($count) } { $count ->
    [one] passage
   *[other] passages
} shown to { $systems }
report-no-answer = (no answer)
report-empty-answer = (empty answer)
report-cut = { $count ->
    [one] … ({ COUNT($count) } more character)
   *[other] … ({ COUNT($count) } more characters)
}
report-mark-error = error
report-mark-missing = no answer
report-mark-unscored = unscored
report-mark-unscored-abstained = unscored, abstained
report-mark-correct = correct
report-mark-correct-abstained = correct, abstained
report-mark-abstained = abstained
report-mark-incorrect = incorrect
