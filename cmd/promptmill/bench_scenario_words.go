package main

import (
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
}

// sectionWords are the keys of the sections of scenarios since GuideLLM 0.7, and of its structured flags.
var sectionWords = map[string]map[string]word{
	"profile": {
		"kind": {flag: "profile", read: profileWord}, "rate": {flag: "rate"}, "streams": {flag: "concurrency"},
		"max_concurrency": {flag: "max-concurrency"}, "sweep_size": {flag: "sweep-size"}, "strategy_type": {flag: "sweep-strategy"},
		"rampup_duration": {flag: "rampup", read: unlessZero}, "time_scale": {flag: "speed", read: timeScale},
		"warmup": {flag: "warmup", read: partWord}, "cooldown": {flag: "cooldown", read: partWord},
	},
	"backend": {
		"kind": {read: backendWord}, "target": {flag: "target"}, "model": {flag: "model"},
		"request_format": {flag: "endpoint", read: endpointWord}, "max_tokens": {flag: "max-tokens"}, "max_completion_tokens": {flag: "max-tokens"},
		"stream": {flag: "stream"}, "timeout": {flag: "timeout"}, "timeout_connect": {flag: "connect-timeout"},
		"api_key": {read: keyWord}, "validate_backend": {}, "http2": {}, "follow_redirects": {},
	},
	"seed":   {"kind": {}, "value": {flag: "seed"}},
	"data":   {"kind": {read: dataKind}, "path": {flag: "data"}},
	"output": {"kind": {}, "path": {}}, "tokenizer": {"kind": {}, "model": {}}, "metadata": {"labels": {}},
}

// constraintWords are the keys of the constraints since GuideLLM 0.7, by their kind.
var constraintWords = map[string]map[string]word{
	"max_duration":          {"kind": {}, "seconds": {flag: "max-seconds"}},
	"max_requests":          {"kind": {}, "count": {flag: "max-requests"}},
	"max_errors":            {"kind": {}, "count": {flag: "max-errors"}},
	"max_error_rate":        {"kind": {}, "rate": {flag: "max-error-rate"}, "window": {flag: "error-window"}},
	"max_global_error_rate": {"kind": {}, "rate": {flag: "max-global-error-rate"}, "minimum": {flag: "error-window"}},
	"over_saturation":       {"kind": {flag: "stop-over-saturated", read: always}, "min_seconds": {flag: "saturation-after"}, "minimum_ttft": {flag: "saturation-wait"}, "mode": {read: enforceWord}},
}

func always(string) (string, error) { return "true", nil }

func profileWord(kind string) (string, error) {
	if kind == "replay" {
		return "trace", nil
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
	if strings.HasSuffix(kind, "_file") {
		return "", nil
	}
	return "", fmt.Errorf("data of kind %q is made by another command here: promptmill convert writes the prompts, and bench takes their file", kind)
}
