# Metrics: names, and what they say. In English the texts are the metrics’ own, in eval/metrics.

metric-correct = correct
metric-correct-summary = { $own }
metric-correct-missing = { $own }
metric-correct-source = { $own }

metric-contained = contains gold
metric-contained-summary = { $own }
metric-contained-missing = { $own }

metric-exact-match = exact match
metric-exact-match-summary = { $own }
metric-exact-match-missing = { $own }

metric-token-f1 = token F1
metric-token-f1-summary = { $own }
metric-token-f1-missing = { $own }

metric-rouge1 = ROUGE-1
metric-rouge1-summary = { $own }
metric-rouge1-missing = { $own }

metric-rouge2 = ROUGE-2
metric-rouge2-summary = { $own }
metric-rouge2-missing = { $own }

metric-rougel = ROUGE-L
metric-rougel-summary = { $own }
metric-rougel-missing = { $own }

metric-rougelsum = ROUGE-Lsum
metric-rougelsum-summary = { $own }
metric-rougelsum-missing = { $own }
metric-rougelsum-source = { $own }

metric-rougel-default = ROUGE-L (default)
metric-rougel-default-summary = { $own }
metric-rougel-default-missing = { $own }

metric-chrf = chrF
metric-chrf-summary = { $own }
metric-chrf-missing = { $own }

metric-bleu = BLEU
metric-bleu-summary = { $own }
metric-bleu-missing = { $own }

metric-semantic = semantic similarity
metric-semantic-summary = { $own }
metric-semantic-missing = { $own }
metric-semantic-source = { $own }

metric-abstention = abstention
metric-abstention-summary = { $own }
metric-abstention-missing = { $own }

metric-rule = rule
metric-rule-summary = { $own }
metric-rule-missing = { $own }
metric-rule-source = { $own }

metric-well-formed = well formed
metric-well-formed-summary = { $own }
metric-well-formed-missing = { $own }
metric-well-formed-source = { $own }

metric-groundedness = groundedness
metric-groundedness-summary = { $own }
metric-groundedness-missing = { $own }
metric-groundedness-source = { $own }

metric-citation-precision = citation precision
metric-citation-precision-summary = { $own }
metric-citation-precision-missing = { $own }
metric-citation-precision-source = { $own }

metric-citation-recall = citation recall
metric-citation-recall-summary = { $own }
metric-citation-recall-missing = { $own }
metric-citation-recall-source = { $own }

metric-recall-k = recall@k
metric-recall-k-summary = { $own }
metric-recall-k-missing = { $own }
metric-recall-k-source = { $own }

metric-precision-k = precision@k
metric-precision-k-summary = { $own }
metric-precision-k-missing = { $own }
metric-precision-k-source = { $own }

metric-mrr = MRR
metric-mrr-summary = { $own }
metric-mrr-missing = { $own }
metric-mrr-source = { $own }

metric-ndcg-k = nDCG@k
metric-ndcg-k-summary = { $own }
metric-ndcg-k-missing = { $own }
metric-ndcg-k-source = { $own }

metric-all-evidence = all evidence
metric-all-evidence-summary = { $own }
metric-all-evidence-missing = { $own }
metric-all-evidence-source = { $own }

metric-words = words
metric-words-summary = { $own }
metric-words-missing = { $own }
metric-words-source = { $own }

metric-prompt-tokens = prompt tokens
metric-prompt-tokens-summary = { $own }
metric-prompt-tokens-missing = { $own }
metric-prompt-tokens-source = { $own }

metric-completion-tokens = answer tokens
metric-completion-tokens-summary = { $own }
metric-completion-tokens-missing = { $own }
metric-completion-tokens-source = { $own }

metric-latency = latency, mean (seconds)
metric-latency-summary = { $own }
metric-latency-missing = { $own }
metric-latency-source = { $own }

metric-throughput = throughput
metric-throughput-summary = { $own }
metric-throughput-missing = { $own }
metric-throughput-source = { $own }
