package report

import "github.com/promptmill/promptmill/bench/metrics"

// A Finding is something that the numbers of a run say, and what to do about it. Its texts may hold names from the
// run: they are printable, and to be escaped for where they go.
type Finding struct {
	Rule string `json:"rule"` // stable name, such as "saturation"
	Text string `json:"text"`
	Next string `json:"next"` // the next step
}

// A rule is one thing to be learned. Its evidence comes from the numbers alone: ok says whether it is there.
type rule struct {
	name     string
	evidence func(s *metrics.Summary) (finding string, ok bool)
	next     string
}

// rules are all that a report can learn, the most important first.
var rules = []rule{
	{"stopped-early", stoppedEarly,
		"Run it again to its end before comparing it with another run."},
	{"client-limited", clientLimited,
		"Give the client more CPU, a lower rate or more machines; until then read these figures as the client's, not the server's."},
	{"unreachable", unreachable,
		"Check that the server is up and listens at the target, then run again."},
	{"overload", overload,
		"Lower the rate or max_tokens until the errors stop; the server finishes fewer requests than it is sent."},
	{"requests-failed", requestsFailed,
		"Read the first message of each kind and the server's log of that time; the latency figures leave these requests out."},
	{"timeouts-under-rate", timeoutsUnderRate,
		"Lower the rate until none time out: requests arrive faster than the server finishes them, and the wait grows for as long as the run lasts."},
	{"timeouts", timeouts,
		"Raise the request timeout, or lower the load or max_tokens so that answers end within it."},
	{"truncated-streams", truncated,
		"Look for a proxy, a time limit or a crash between the server and the client that cuts streams."},
	{"connections-closed", connectionsClosed,
		"Turn keep-alive on in the server or proxy, or raise its idle limit: connection set-up is in these latencies."},
	{"repeats-differ", unstable,
		"Look for what else the server or the client was doing, warm up longer and repeat again: differences smaller than this mean nothing."},
	{"slo-missed", sloKept,
		"Plan for the highest load that keeps the SLO, less room for peaks; test between the two loads to find the edge."},
	{"saturation", saturation,
		"Test the loads around this point more finely, and plan capacity below it."},
	{"slow-first-token", slowFirstToken,
		"Nothing queues at this load, so look at the prompts' length, the speed of prefill, a cold start, or a proxy that holds streams back."},
	{"ttft-grows", ttftGrows,
		"Choose the TTFT that users accept and take the highest load that keeps it; more slots or replicas move that load."},
	{"ttft-tail", ttftTail,
		"Look at the slowest requests: long prompts, queueing or a stall of the server."},
	{"cache-hits", cacheHits,
		"Use more distinct prompts, or turn the prefix cache off, to measure prompts that the server has not seen."},
	{"prompts-repeat", promptsRepeat,
		"Use at least as many prompts as requests: the server does not say whether it answered from its cache."},
	{"tokens-per-chunk", tokensPerChunk,
		"Compare TPOT, not chunk gaps: a gap covers several tokens here."},
	{"chunks-share-reads", chunksShareReads,
		"Do not read much into the smallest chunk gaps: those chunks arrived together."},
	{"cut-by-max-tokens", cutByMaxTokens,
		"Raise max_tokens if whole answers are to be measured; keep it if equal lengths are wanted."},
	{"zero-token-answers", zeroTokens,
		"Check the prompts and the model's chat template: an answer without a token counts as served, but has no TTFT."},
	{"tokens-from-chunks", tokensFromChunks,
		"Turn usage reporting on in the server (stream_options.include_usage); until then the token figures are lower bounds."},
	{"accuracy-falls", accuracyFalls,
		"Compare answers to the same prompts at both loads: a loaded server should say the same, only later."},
	{"unfinished", unfinished,
		"Give the run more time against the length of one answer: the slowest requests are the ones left out."},
	{"few-samples", fewSamples,
		"Send at least 662 requests per strategy before quoting p99 (64 for p90, 130 for p95)."},
	{"best-level", once,
		"Repeat the run: one run does not show how much the figures vary by themselves."},
	{"best-level", bestOfMany,
		"Take a difference that is smaller than that between the repeats for noise."},
}

// findings are what the numbers of s say, the most important first: the rules whose evidence is there.
func findings(s *metrics.Summary) []Finding {
	var out []Finding
	for _, r := range rules {
		if text, ok := r.evidence(s); ok {
			out = append(out, Finding{Rule: r.name, Text: text, Next: r.next})
		}
	}
	return out
}
