package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// word is what a key of GuideLLM's means here.
type word struct {
	flag string                             // "" sets none: it means nothing here, or says what is so anyway
	read func(value string) (string, error) // nil takes the value as it is; "" leaves the flag alone
}

// flatWords are the keys of scenarios up to GuideLLM 0.6, which are the names of its flags.
var flatWords = map[string]word{
	"target": {flag: "target"}, "model": {flag: "model"}, "data": {flag: "data"},
	"profile": {flag: "profile", read: profileWord}, "rate_type": {flag: "profile", read: profileWord}, "rate": {flag: "rate"},
	"max_seconds": {flag: "max-seconds"}, "max_requests": {flag: "max-requests"}, "max_errors": {flag: "max-errors"},
	"max_error_rate": {flag: "max-error-rate"}, "max_global_error_rate": {flag: "max-global-error-rate"},
	"over_saturation": {flag: "stop-over-saturated"}, "detect_saturation": {flag: "stop-over-saturated"},
	"random_seed": {flag: "seed"}, "rampup": {flag: "rampup", read: unlessZero},
	"warmup": {flag: "warmup", read: partWord}, "warmup_percent": {flag: "warmup", read: partWord},
	"cooldown": {flag: "cooldown", read: partWord}, "cooldown_percent": {flag: "cooldown", read: partWord},
	"request_type": {flag: "endpoint", read: endpointWord}, "request_format": {flag: "endpoint", read: endpointWord},
	"backend": {read: backendWord}, "backend_type": {read: backendWord},
	// What is read and shown is chosen by other commands.
	"processor": {}, "processor_args": {}, "data_samples": {}, "data_num_workers": {}, "outputs": {}, "output_dir": {}, "output_path": {},
	"sample_requests": {}, "disable_console": {}, "disable_console_outputs": {}, "disable_progress": {}, "metadata": {},
	"tokenizer": {}, "data_preprocessors": {}, "data_finalizer": {},
}

// sectionWords are the keys of the sections of scenarios since GuideLLM 0.7, and of its structured flags.
var sectionWords = map[string]map[string]word{
	"profile": {
		"kind": {flag: "profile", read: profileWord}, "rate": {flag: "rate"}, "streams": {flag: "concurrency"},
		"max_concurrency": {flag: "max-concurrency"}, "sweep_size": {flag: "sweep-size"}, "strategy_type": {flag: "sweep-strategy"},
		"rampup_duration": {flag: "rampup", read: unlessZero}, "time_scale": {flag: "speed", read: timeScale},
		"warmup": {flag: "warmup", read: phaseWord}, "cooldown": {flag: "cooldown", read: phaseWord},
	},
	"backend": {
		"kind": {read: backendWord}, "target": {flag: "target"}, "model": {flag: "model"},
		"request_format": {flag: "endpoint", read: endpointWord}, "max_tokens": {flag: "max-tokens"}, "max_completion_tokens": {flag: "max-tokens"},
		"stream": {flag: "stream"}, "timeout": {flag: "timeout"}, "timeout_connect": {flag: "connect-timeout"},
		"api_key": {read: keyWord}, "api_routes": {read: routesWord}, "extras": {flag: "extra-body", read: extrasWord},
		"server_history": {read: alreadySo("false")}, "multiturn_reasoning": {read: alreadySo("false")}, "tool_call_missing_behavior": {},
		"validate_backend": {}, "http2": {}, "follow_redirects": {}, "verify": {}, // certificates are verified, unless --insecure
	},
	"seed": {"kind": {}, "value": {flag: "seed"}},
	"data": {"kind": {read: dataKind}, "path": {flag: "data"}, "load_kwargs": {read: alreadySo("{}")}},
	"data_loader": {
		"kind": {}, "samples": {}, "num_workers": {}, "prefetch_factor": {}, "shuffle": {read: alreadySo("false")},
	},
	"data_column_mapper": {"kind": {}, "column_mappings": {read: elsewhere("promptmill convert chooses the columns")}},
	"metrics": {
		"kind": {}, "warnings": {}, "sample_size": {}, "confidence": {}, "prefer_response_metrics": {read: alreadySo("true")},
		"slo": {read: elsewhere("bounds are given as --slo, or as --find-max to look for the load that keeps them")},
	},
}

// constraintWords are the keys of the constraints since GuideLLM 0.7, by their kind.
var constraintWords = map[string]map[string]word{
	"max_duration":          {"kind": {}, "seconds": {flag: "max-seconds"}, "stopping_scope": oneBenchmark},
	"max_requests":          {"kind": {}, "count": {flag: "max-requests"}, "stopping_scope": oneBenchmark},
	"max_errors":            {"kind": {}, "count": {flag: "max-errors"}, "stopping_scope": oneBenchmark},
	"max_error_rate":        {"kind": {}, "rate": {flag: "max-error-rate"}, "window": {flag: "error-window"}, "stopping_scope": oneBenchmark},
	"max_global_error_rate": {"kind": {}, "rate": {flag: "max-global-error-rate"}, "minimum": {flag: "error-window"}, "stopping_scope": oneBenchmark},
	"over_saturation": {
		"kind": {flag: "stop-over-saturated", read: always}, "mode": {read: enforceWord}, "stopping_scope": oneBenchmark,
		"min_seconds": {flag: "saturation-after"}, "minimum_ttft": {flag: "saturation-wait"},
		// Of its detector; the one here is another.
		"max_window_seconds": {}, "moe_threshold": {}, "maximum_window_ratio": {}, "minimum_window_size": {}, "confidence": {},
	},
}

// oneBenchmark: a limit ends its benchmark, and the next one begins.
var oneBenchmark = word{read: alreadySo("current")}

func always(string) (string, error) { return "true", nil }

func profileWord(kind string) (string, error) {
	switch kind {
	case "replay":
		return "trace", nil
	case "goodput":
		return "", errors.New("the search for the load that keeps bounds is --find-max 'ttft<=300ms' --find-max-over concurrency here")
	case "knee":
		return "", errors.New("the search for the knee is --profile sweep here, or --find-max with bounds")
	}
	return kind, nil
}

func unlessZero(value string) (string, error) {
	if f, err := strconv.ParseFloat(value, 64); err == nil && f == 0 {
		return "", nil
	}
	return value, nil
}

// partWord reads a warm-up: below 1 it is a share, from there on seconds.
func partWord(value string) (string, error) {
	f, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil || f < 0:
		return "", fmt.Errorf("%q: expected a share below 1, or seconds", value)
	case f == 0:
		return "", nil
	case f < 1:
		return strconv.FormatFloat(100*f, 'g', 6, 64) + "%", nil
	}
	return value + "s", nil
}

// phaseWord reads a warm-up of a profile: a number as partWord does, or a share or a value of some mode.
func phaseWord(value string) (string, error) {
	if !strings.HasPrefix(value, "{") {
		return partWord(value)
	}
	var phase struct {
		Percent, Value *float64
		Mode           string
	}
	if err := json.Unmarshal([]byte(value), &phase); err != nil {
		return "", err
	}
	switch {
	case phase.Percent != nil && *phase.Percent < 1:
		return partWord(strconv.FormatFloat(*phase.Percent, 'g', -1, 64))
	case phase.Percent != nil:
		return "", fmt.Errorf("percent %v: expected a share below 1", *phase.Percent)
	case phase.Value == nil:
		return "", nil
	}
	count := strconv.FormatFloat(*phase.Value, 'f', -1, 64)
	if strings.HasSuffix(phase.Mode, "requests") {
		return count, nil
	}
	return count + "s", nil
}

// timeScale is how much longer a replay takes; a speed is how much faster it is.
func timeScale(value string) (string, error) {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || !(f > 0) {
		return "", fmt.Errorf("%q: expected a number above 0", value)
	}
	if f == 1 {
		return "", nil
	}
	return strconv.FormatFloat(1/f, 'g', -1, 64), nil
}

func endpointWord(value string) (string, error) {
	switch value {
	case "chat_completions":
		return "chat", nil
	case "text_completions":
		return "completions", nil
	}
	return value, nil
}

func backendWord(kind string) (string, error) {
	if kind != "openai_http" {
		return "", fmt.Errorf("%q: only openai_http has a counterpart here", kind)
	}
	return "", nil
}

func enforceWord(mode string) (string, error) {
	if mode != "enforce" {
		return "", fmt.Errorf("mode %q: expected enforce; leave the constraint out to go on", mode)
	}
	return "", nil
}

func keyWord(string) (string, error) {
	return "", errors.New("a key has no place in a file that is passed around: set PROMPTMILL_API_KEY")
}

func dataKind(kind string) (string, error) {
	switch kind {
	case "text_file", "json_file":
		return "", nil
	case "":
		kind = "synthetic_text"
	}
	return "", fmt.Errorf("data of kind %q is made by another command here: promptmill convert writes the prompts, and bench takes their file", kind)
}

// alreadySo reads a value that says what is so anyway, and refuses others.
func alreadySo(as string) func(string) (string, error) {
	return func(value string) (string, error) {
		if value != as {
			return "", fmt.Errorf("%s has no counterpart here; expected %s", value, as)
		}
		return "", nil
	}
}

// elsewhere refuses what is given in another place here.
func elsewhere(place string) func(string) (string, error) {
	return func(string) (string, error) { return "", errors.New(place) }
}

// routesWord reads the paths of the APIs, each of which may be only its own.
func routesWord(value string) (string, error) {
	var routes map[string]string
	if err := json.Unmarshal([]byte(value), &routes); err != nil {
		return "", err
	}
	for api, path := range routes {
		if strings.Trim(path, "/") != strings.Trim(api, "/") {
			return "", fmt.Errorf("%s is at %s: name that path as --endpoint", api, path)
		}
	}
	return "", nil
}

// extrasWord reads what goes into each request besides: members of its body.
func extrasWord(value string) (string, error) {
	var extras map[string]json.RawMessage
	if err := json.Unmarshal([]byte(value), &extras); err != nil {
		return "", err
	}
	for key := range extras {
		if key != "body" {
			return "", fmt.Errorf("%s has no counterpart in a scenario; expected body; headers are given as --header", key)
		}
	}
	return string(extras["body"]), nil
}
