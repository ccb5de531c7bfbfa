package main

// guideLLMFlags are flags of GuideLLM that bench does not have, and what stands for each here.
var guideLLMFlags = map[string]string{
	"processor":      "the server counts the tokens, or --tokenizer does; leave it out",
	"processor-args": "the server counts the tokens, or --tokenizer does; leave it out",
	"data-args":      "promptmill convert chooses what of a dataset is sent",
	"data-sampler":   "promptmill convert --shuffle shuffles", "data-samples": "--max-requests sends fewer, and promptmill convert --limit writes fewer",
	"data-column-mapper": "promptmill convert chooses the columns", "data-preprocessor": "promptmill convert prepares the prompts",
	"data-loader": "promptmill convert prepares the prompts", "data-num-workers": "prompts are read at once; leave it out",
	"output-path":      "-o names the results, and promptmill report writes every format from them",
	"output-dir":       "-o names the results, and promptmill report writes every format from them",
	"outputs":          "-o names the results, and promptmill report writes every format from them",
	"disable-progress": "--no-progress", "disable-console-interactive": "--no-progress",
	"disable-console": "-q", "disable-console-outputs": "-q",
	"warmup-percent": "--warmup 10%", "cooldown-percent": "--cooldown 10%",
	"over-saturation": "--stop-over-saturated", "detect-saturation": "--stop-over-saturated", "default-over-saturation": "--stop-over-saturated",
	"sample-requests": "every request is kept; leave it out", "output-sampling": "every request is kept; leave it out",
	"backend-type": "every server is asked over HTTP; leave it out", "backend-kwargs": "each has a flag of its own; see --help=wire and --help=body",
	"backend-args":             "each has a flag of its own; see --help=wire and --help=body",
	"request-formatter-kwargs": "--extra-body", "config": "--scenario", "override": "--vary",
}

// guideLLMHint says what stands for a flag of GuideLLM that a command does not have, or "".
func guideLLMHint(command, flag string) string {
	if hint := guideLLMFlags[flag]; hint != "" && command == "bench" {
		return "of GuideLLM; here: " + hint
	}
	return ""
}
