# Error attribution: why an answer is right or wrong. Rules and their order: docs/attribution.md.

## Causes: what each means.

attribution-means-correct = The answer counts as right.
attribution-means-unscored = There is nothing to hold the answer against, or there is no answer.
attribution-means-error = Answering failed, so there is no answer to judge.
attribution-means-not-retrieved = The passages shown do not hold all the evidence, so no reader could have answered from them.
attribution-means-retrieved-not-read = The passages hold the evidence, and the answer says something else that they say, or uses nothing of them.
attribution-means-hallucinated = The answer states something that neither the passages shown nor the evidence supports.
attribution-means-right-but-mis-scored = The answer is right in a form that the metric does not accept.
attribution-means-gold-doubtful = The expected answer may be wrong: a person should look at it.
attribution-means-should-have-abstained = The documents do not answer the question, and an answer was given.
attribution-means-abstained-needlessly = The documents answer the question, no search had failed, and the system said that it did not know.
attribution-means-undetermined = The record does not tell why the answer is wrong.

## Rules: why an answer got its cause.

attribution-why-correct = The answer holds a gold answer, abstains where there is none, or meets its rule.
attribution-why-error = Answering failed.
attribution-why-missing = The imported file has no answer to this question.
attribution-why-unscored = The question has no gold answer and no rule, so the answer cannot be judged.
attribution-why-abstained-unrecognised = It says that it does not know, in words that the rule for abstention does not recognise.
attribution-why-empty = The answer is empty.
attribution-why-answered-unanswerable = The documents do not answer this question, and it states an answer.
attribution-why-rule-failed = It does not have the form that the question asks for; with no evidence marked, nothing tells why.
attribution-why-rule-failed-gold-given = It gives the gold answer and still breaks the rule of the question.
attribution-why-gold-too-long = The gold answer stands in it, in an answer of more than 40 words.
attribution-why-gold-quantity = It gives the same amount in another format or unit.
attribution-why-gold-wording = It gives the words of the gold answer in another order or with other endings.
attribution-why-gold-shorter = It gives the better part of the gold answer and nothing else.
attribution-why-gold-not-in-evidence = No gold answer stands in the evidence quoted for the question.
attribution-why-others-agree = Systems that work in different ways give this same answer, and it stands in the evidence.
attribution-why-evidence-missing = None of the passages shown holds evidence for this question.
attribution-why-evidence-partly-shown = The passages shown hold a part of the evidence, and the answer needs all parts.
attribution-why-evidence-missing-abstained = The passages shown do not hold the evidence; to abstain was right, and search is the cause.
attribution-why-abstained-with-evidence = The passages hold the evidence, and it abstained.
attribution-why-abstained-without-passages = The documents answer the question; the system, which sees no passages, abstained.
attribution-why-abstained-not-annotated = It abstained, and no evidence is marked that tells whether it could have answered.
attribution-why-evidence-unused = The passages hold the evidence, and the answer states nothing beyond the question.
attribution-why-not-in-passages = The passages hold the evidence, and the answer states what does not stand in them.
attribution-why-elsewhere-in-passages = The passages hold the evidence, and the answer says something else that stands in them.
attribution-why-repeats-question = The answer only repeats the question.
attribution-why-beside-the-question = What it says stands in the evidence, and is not what was asked.
attribution-why-stated-from-memory = Without passages, it states what the evidence does not support.
attribution-why-stated-though-trained = Without passages, it states what the evidence does not support, though the fact was among the training questions.
attribution-why-not-annotated = Passages were shown, and no evidence is marked that tells whether they hold the answer.
attribution-why-passages-unknown = The answer was imported, and what the system was shown is not recorded.

## Flow: the stages of an answer.

flow-asked = asked
flow-evidence-shown = evidence shown
flow-evidence-not-shown = evidence not shown
flow-evidence-unknown = passages shown, no evidence marked
flow-no-passages = no passages
flow-unanswerable = unanswerable
flow-answered = answered
flow-abstained = abstained
flow-no-answer = no answer
flow-correct = { report-cause-correct }
flow-unscored = { report-cause-unscored }
flow-error = { report-cause-error }
flow-not-retrieved = { report-cause-not-retrieved }
flow-retrieved-not-read = { report-cause-retrieved-not-read }
flow-hallucinated = { report-cause-hallucinated }
flow-right-but-mis-scored = { report-cause-right-but-mis-scored }
flow-gold-doubtful = { report-cause-gold-doubtful }
flow-should-have-abstained = { report-cause-should-have-abstained }
flow-abstained-needlessly = { report-cause-abstained-needlessly }
flow-undetermined = { report-cause-undetermined }
