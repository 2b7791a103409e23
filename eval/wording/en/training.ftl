# How adapters were trained: the bill, the verdict on the curves (rule: docs/watching.md), the alarms.

## The verdict: a word, why, what it stands on, what to do.
training-verdict-underfitting = underfitting
training-verdict-overfitting = overfitting
training-verdict-good = good
training-verdict-unclear = unclear
training-verdict = { $word }: { $why }

training-why-no-curve = no curve was kept, so nothing can be told.
training-why-diverged = the training loss did not fall: it ended no lower than it began.
training-why-contradiction = the training loss is low, and yet the training questions do not come back right when they are asked.
training-why-rose-untaught = the validation loss rose again before the training questions could be answered.
training-why-untaught-falling = fewer than a third of the training questions come back right, and the training loss was still falling.
training-why-untaught-flat = fewer than a third of the training questions come back right, and the training loss no longer falls.
training-why-answers-fell = fewer validation questions are answered right at the end than at the best moment.
training-why-answers-held = the validation loss rose again, but the answers did not get worse: the model only became too sure of itself.
training-why-kept-before-rise = the validation loss rose again, and the weights kept are those from before.
training-why-validation-rose = the validation loss rose again while the training loss went on falling, and the last weights were kept.
training-why-memorised = the training loss was halved at least, and the validation loss never became lower: wordings were learnt, not facts.
training-why-still-falling = the validation loss was still falling when training ended.
training-why-train-still-falling = the training loss was still falling when training ended.
training-why-longer-may-help = the training questions come back right; the validation loss was still falling, so more might be had.
training-why-ceiling = the losses have settled, and fewer than half of the training questions come back right.
training-why-not-watched = nothing was held out to watch: whether the facts are known in other words cannot be told.
training-why-other-facts = the validation questions ask for facts that were not trained, and what was never shown cannot get better.
training-why-few-evaluations = the validation loss was taken too seldom to see its course.
training-why-settled = the losses have settled, and the validation loss is near its lowest.

training-next = {"; "}
training-figure-loss = training loss { DECIMAL($from, decimals: 2) } → { DECIMAL($to, decimals: 2) }
training-figure-validation = validation loss { DECIMAL($from, decimals: 2) } → { DECIMAL($to, decimals: 2) }, lowest { DECIMAL($best, decimals: 2) } at step { COUNT($step) }
training-figure-score = validation answers right { PERCENT($from) } → { PERCENT($to) } (of { COUNT($asked) })
training-figure-check = training questions right at the end { PERCENT($share) }

training-advice-train-longer = Train longer: raise finetune.epochs, or the time budget.
training-advice-lower-learning-rate = Lower finetune.learning_rate to a third.
training-advice-raise-learning-rate = Raise finetune.learning_rate to the double.
training-advice-raise-rank = Raise finetune.rank.
training-advice-early-stop = Set finetune.early_stop=loss: training ends when the validation loss rises, and the best weights are kept.
training-advice-stop-by-answers = Set finetune.early_stop=answers: generated answers tell more than the loss here.
training-advice-fewer-passes = Lower finetune.epochs: the passes after the best step cost time and gave nothing.
training-advice-more-wordings = Train each fact in more wordings: the recipe paraphrases.
training-advice-hold-out-wordings = Hold out other wordings of trained facts: finetune.validation, without a validation split.
training-advice-more-evaluations = Raise finetune.evaluations to five or more; under a time budget give more time, or watch fewer questions (finetune.validation).
training-advice-ask-answers = Set finetune.answers, so that validation questions are answered too: a loss does not tell whether answers are right.
training-advice-check-prompts = Look at the alarm on the adapter’s sanity: prompts of training and of use may differ.

## The table of the bill.
training-table-bill = What was trained
training-table-verdicts = Verdicts on the curves
training-table-alarms = Alarms
training-adapter = { $adapter } (seed { $seed })
training-column-adapter = adapter
training-column-verdict = verdict
training-column-why = why
training-column-advice = what to change
training-column-alarm = alarm
training-column-status = status
training-column-figure = figure
training-column-threshold = fires
training-column-meaning = what it means
training-column-action = what to do

training-row-share = recipe { $recipe }: share of the tokens
training-row-method = method
training-row-tokens = training tokens
training-row-time = time of training
training-row-total = time in all
training-row-speed = tokens per second
training-row-memory = peak memory
training-row-parameters = trainable parameters
training-row-steps = steps
training-row-ended = ended by
training-row-loss = training loss at the end
training-row-validation = validation loss
training-row-check = end check: right
training-ranked = rank { $rank }
training-passes = { COUNT($examples) } examples, { DECIMAL($passes) } passes
training-minutes = { DECIMAL($minutes) } min
training-gigabytes = { DECIMAL($gigabytes) } GB
training-from-loss = from { DECIMAL($loss, decimals: 2) }
training-kept-step = kept: step { COUNT($step) }
training-held-out = { $questions ->
    [one] { COUNT($questions) } question held out
   *[other] { COUNT($questions) } questions held out
}
training-asked-as = asked as { $system }
training-ended-plan = its plan
training-ended-budget = a time limit
training-ended-early = early stopping
training-note-bill = Training times are without loading; the time in all is with it and with the end check. Peak memory is that of the process, or of the GPU where training was there. End check: training questions asked back, a third of which have to come right.
training-note-left-out = Left out of { $adapter }: { $left_out }.
training-note-verdicts = A rule over the losses, the answers and the end check gives the verdict (docs/watching.md). Where the validation questions are other wordings of trained facts, their loss shows whether facts were learnt; where they ask for facts that were not trained, no training can bring it down.
training-note-alarms = An alarm is a check of a finished adapter for harm that its score does not show. It fires where its figure is beyond the threshold.

## The alarms
training-alarm-leak = leak
training-alarm-forgetting = forgetting
training-alarm-rag-regression = harm to RAG
training-alarm-adapter-sanity = sanity of the adapter
training-alarm-unknown-share = unknown facts fitted
training-status-fired = fired
training-status-quiet = quiet
training-status-not-run = not run
training-on = on { COUNT($count) }
training-beyond = beyond { $threshold }

training-fired-leak = Test questions stood among the training examples, or the adapter knows test answers as it knows what it was trained on: scores on them are too high.
training-fired-forgetting = The adapter lost something of what the base model could do apart from this task.
training-fired-rag-regression = With the adapter, answers from retrieved passages are worse than without it.
training-fired-adapter-sanity = The adapter does not do what was trained: not loaded, without effect, unlike its merged form, or asked with other prompts.
training-fired-unknown-share = The base model did not know most of the facts that the adapter has learnt now: such an adapter may answer less reliably what the base did know. Where new facts are the point of training, this is to be expected.
training-quiet-leak = No test question was found among the training examples, and no test answer looks trained.
training-quiet-forgetting = No loss of general abilities was shown on the probe set.
training-quiet-rag-regression = No harm to answers from retrieved passages was shown.
training-quiet-adapter-sanity = The adapter is loaded, changes the output, agrees with its merged form, and is asked with the prompts of training, as far as that was checked.
training-quiet-unknown-share = Not many facts were new to the base model and learnt, or it knew them: the published risk to what it knew is small.
training-left-out = Left out: { $measures }.
training-not-run = Not checked{ $reason ->
    [none] {"."}
   *[other] {": "}{ $reason }
}
training-do-leak = Take these questions out of the training data, or out of the test, and train again.
training-do-forgetting = Mix in the recipe instructions, lower finetune.learning_rate or finetune.epochs.
training-do-rag-regression = Mix in the recipe raft, which trains on retrieved passages, or do not combine this adapter with RAG.
training-do-adapter-sanity = Do not use this adapter: train it again, and look at the base model, the chat template and the merge.
training-do-unknown-share = Read the alarm on forgetting beside it; stop at the best validation score (finetune.early_stop), since facts fitted last do the harm.
training-do-nothing = Nothing.
training-do-run = Mend the cause, then: ragft adapters check NAME.

training-size = { $unit ->
    [none] {""}
    [share] {" "}({ PERCENT($figure) })
    [points] {" "}({ POINTS($figure) } points)
    [ratio] {" "}(× { DECIMAL($figure, decimals: 2) })
   *[other] {" "}({ DECIMAL($figure, decimals: 2) })
}
training-unit-share = { PERCENT($value) }
training-unit-points = { POINTS($value) } points
training-unit-ratio = × { DECIMAL($value, decimals: 2) }

training-above = above { $threshold }
training-below = below { $threshold }
training-column-measure = measure
training-table-figures = Alarms, figure by figure
training-note-figures = An alarm may rest on several figures; the table above shows the one that decided. Rules: docs/alarms.md.
training-measure-copied-share = test questions copied
training-measure-member-share = test answers that look trained
training-measure-perplexity-ratio = perplexity, after / before
training-measure-instructions-followed = instructions followed
training-measure-correct-points = right answers with RAG
training-measure-passage-use = use of the right passage, nats per token
training-measure-unknown-share = facts unknown to the base
training-measure-fitted-unknown-share = unknown facts that were learnt
training-measure-merged-logit-gap = largest logit gap to the merged model
training-measure-other-prompts = prompts rendered otherwise
training-measure-loss-gap = loss above that of training, nats per token
training-measure-changed-prompts = prompts whose output changed
training-measure-engine-agreement = answers as by plain peft

## Cautions on the first page
training-caution-leak = Alarm “leak” for { $adapters }{ training-size }: test questions stood among the training examples, or their answers look trained; scores of the fine-tuned systems are too high.
training-caution-forgetting = Alarm “forgetting” for { $adapters }{ training-size }: training cost the model general abilities that this comparison does not score.
training-caution-rag-regression = Alarm “harm to RAG” for { $adapters }{ training-size }: with the adapter, answers from retrieved passages got worse.
training-caution-adapter-sanity = Alarm “sanity of the adapter” for { $adapters }{ training-size }: the adapter does not do what was trained; the figures of its systems say nothing about fine-tuning.
training-caution-unknown-share = Alarm “unknown facts fitted” for { $adapters }{ training-size }: the adapter learnt facts that the base model did not know, and may be less reliable on those that it did.
training-caution-other = Alarm “{ $alarm }” for { $adapters }: see the section on training.
training-caution-more = Further alarms: { $alarms }. See the section on training.
training-caution-unseen = Adapter { $adapter }: its training was budgeted (ended by a time limit). Least seen was the recipe { $recipe }: { DECIMAL($passes) } passes over its examples{ $left ->
    [0] {""}
   *[other] ; what was left out is listed under training
}.

## The chart
training-chart-title = Curves of { $adapter }
training-chart-loss = loss per answer token
training-chart-answers = validation answers right
training-chart-step = step
training-chart-train = training, smoothed
training-chart-train-same = training, the same questions each time
training-chart-validation = validation
training-chart-kept = kept
training-chart-note = The loss of single steps is smoothed over a tenth of the curve. Points: the same questions each time, nothing dropped out.
training-chart-words = Curves of { $adapter } over { COUNT($steps) } steps: { $said }.

## Where it stands
report-section-training = Training
