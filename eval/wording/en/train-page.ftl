# The Train page of the app.

## The page
train-title = Train an adapter
train-language = Language
train-part = Part
train-part-new = New training
train-part-adapters = Adapters ({ COUNT($count) })

## The form
train-name = Name of the adapter
train-name-help = Of its folder. The systems “finetuned” and “rag+finetuned” use main unless the configuration says otherwise.
train-name-taken = There is an adapter of this name. It stays until the new one is finished, which then takes its place.
train-seeds = Training seeds
train-seeds-help = The same training several times with other chance, so that the luck of training shows: one adapter each, one after the other.
train-recipe = What is shown to the model, and with which weight
train-recipe-help = A weight is a share of the training tokens, not of the examples.
train-recipe-qa = Questions and answers, without passages.
train-recipe-paraphrases = Each fact asked in several wordings.
train-recipe-raft = The right passage among others; the answer cites it, or refuses where it is not shown.
train-recipe-documents = The text of the documents itself (continued pre-training).
train-recipe-few-shot = Questions after worked examples, as the system “few-shot” asks them.
train-recipe-style = Questions with a rule of form: format, length, tone.
train-recipe-synthetic = Pairs that a model wrote from the passages. They are made first: ragft data synthesize.
train-recipe-instructions = General instructions, so that abilities beside the task are kept. They need files: finetune.instructions.
train-weight = Weight of { $recipe }
train-shares = Of the training tokens: { $shares }.
train-no-recipe = Choose at least one.
train-method = Method
train-method-lora = LoRA
train-method-qlora = QLoRA
train-method-8bit = 8-bit
train-method-full = full
train-method-lora-means = small matrices beside the frozen base
train-method-qlora-means = the same on a base in 4 bits: less memory
train-method-8bit-means = the same on a base in 8 bits
train-method-full-means = all weights of the base: most memory, and a lower learning rate
train-length = How long
train-length-help = A time budget counts for the whole command but its alarms; tokens make trainings comparable; passes follow the data.
train-length-budget = time
train-length-tokens = tokens
train-length-epochs = passes
train-amount-budget = Minutes
train-amount-tokens = Tokens
train-amount-epochs = Passes over the data
train-advanced = Advanced settings
train-group-model = The adapter
train-group-optimisation = Optimisation
train-group-raft = Recipe raft
train-group-paraphrases = Recipe paraphrases
train-group-watching = Watching
train-group-machine = The machine
train-set-rank = Rank
train-set-alpha = Alpha
train-set-dropout = Dropout
train-set-rslora = rsLoRA
train-set-dora = DoRA
train-set-learning-rate = Learning rate
train-set-schedule = Course of the learning rate
train-set-warmup = Warm-up (share)
train-set-batch-size = Examples per step
train-set-seed = Seed
train-set-distractors = Distractors
train-set-gold-share = Share with the right passage
train-set-cite = Cite the passage
train-set-wordings = Wordings per fact (empty: all)
train-set-wording-noise = Words dropped (share)
train-set-gaps = Asked as a gap (share)
train-set-validation = Questions held out
train-set-evaluations = Evaluations
train-set-answers = Answers at each
train-set-early-stop = Stop early on
train-set-alarms = Alarms at the end
train-set-precision = Precision
train-set-memory = Memory limit, such as 6GB
train-set-gradient-checkpointing = Activation checkpointing
train-set-checkpoint-seconds = Seconds between checkpoints

## The command and the bill
train-command = The same on the command line
train-bill = What will it take?
train-bill-help = Time, memory and disk, estimated for this machine. Nothing is trained.
train-bill-making = Working out the bill.
train-bill-first = See the bill first, then start.
train-bill-stale = The settings have changed: ask for the bill again.
train-bill-seeds = For each of { COUNT($count) } seeds, one after the other.
train-bill-none = There is no bill for this training, which may be started all the same:
train-bill-time = Time
train-bill-memory = Peak memory ({ $free } free)
train-bill-disk = Disk ({ $free } free)
train-bill-between = Between { $low } and { $high }.
train-bill-alarms = The alarms at the end come on top.
train-bill-words = In the words of the command line
train-bill-fits-memory = fits into memory
train-bill-short-memory = does not fit into memory
train-bill-fits-disk = fits on the disk
train-bill-short-disk = too little room on the disk
train-start = Start training
train-started = **{ $name }** is started: watch it at the top of the page.
train-running-already = **{ $name }** is being trained already. Wait for it, stop it, or give another name.

## A training under way
train-state-running = running
train-state-failed = failed
train-state-interrupted = stopped
train-state-lost = stands still
train-state-elsewhere = running elsewhere
train-said-failed = It ended with an error.
train-said-interrupted = It was stopped.
train-said-lost = Its process is gone without a word, as after a kill or a restart of the machine.
train-kept = It came to step { COUNT($steps) }, and goes on from its last checkpoint.
train-kept-anew = It came to step { COUNT($steps) }, and begins anew: no checkpoint had been written yet.
train-kept-nothing = No step was made yet.
train-elsewhere = It was not started on this page: it is stopped where it was started.
train-command-again = It was not started on this page: the same command as before takes it up again.
train-look-again = Look again
train-stop = Stop
train-stopping = Stopping
train-stop-help = What it has learnt is kept: it goes on from there when you resume it.
train-resume = Resume
train-again = Try again
train-forget = Forget
train-forget-help = Takes it from this list. No adapter is touched.
train-discard = Discard
train-discard-sure = What **{ $name }** has learnt so far is deleted. A finished adapter of this name stays.
train-discard-yes = Delete what was trained
train-log = What it printed last
train-stage-preparing = Preparing: index, examples, base model
train-stage-ending = Training has ended: end check, alarms, adapter folder
train-stage-step = step { COUNT($step) }{ $of ->
    [none] {""}
   *[other] {" "}of { COUNT($of) }
}
train-stage-spent = { $spent } of training
train-stage-left = about { $left } left

## Curves and figures
train-curves = Curves
train-no-curves = No curve was kept.
train-loss-title = Loss per answer token
train-loss-words = The training loss goes from { $first } to { $last } over { COUNT($steps) } steps.
train-validation-words = The validation loss goes from { $first } to { $last }; its lowest is { $best }.
train-small-words = { $measure }: { $first } at first, { $last } at the end.
train-measure-loss = Loss
train-measure-validation-loss = Validation loss
train-measure-score = Answers right
train-measure-learning-rate = Learning rate
train-measure-grad-norm = Gradient norm
train-measure-speed = Tokens per second
train-measure-tokens = Tokens
train-measure-memory = Peak memory
train-gb = { $amount } GB
train-megabytes = { $amount } MB on disk

## Finished adapters
train-none-finished = No adapter is finished yet. Fill in the form, see the bill, and start one.
train-column-name = Adapter
train-column-method = Method
train-column-recipe = Recipe
train-column-steps = Steps
train-column-loss = Loss
train-column-validation = Validation
train-column-check = End check
train-column-alarms = Alarms
train-column-created = Made (UTC)
train-alarms-fired = { $count ->
    [one] { COUNT($count) } fired
   *[other] { COUNT($count) } fired
}
train-alarms-quiet = quiet
train-unusable = This adapter cannot be used as it is:
train-missing = Made by an earlier version, whose manifest does not tell: { $fields }.
train-check-unknown = Its manifest does not tell how the end check went.
train-check-passed = end check passed
train-check-failed = end check failed
train-check = { COUNT($correct) } of { COUNT($asked) } training questions came back right, asked as { $system }.
train-no-alarms = No alarm was run on this adapter.
train-answers = Training questions asked back ({ COUNT($count) })
train-answer-question = question
train-answer-base = base model
train-answer-trained = with the adapter
train-download = Download
train-download-help = As a zip file; plain peft loads the folder in it.
train-download-large = A whole model, too large to pass through the page: take the folder { $folder }.
train-delete = Delete
train-delete-sure = **{ $name }** is deleted for good. Reports that were made with it stay.
train-delete-used = { $systems } cannot answer without it.
train-delete-yes = Delete the adapter
