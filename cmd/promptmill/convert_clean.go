package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/clean"
)

// cleanFlags are the flags of convert about the text of prompts: what is done to it, and which of it is left out.
func cleanFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "newline", Value: string(convert.Space), Usage: "of txt, what becomes of newlines inside a prompt: space (each run one space), escape (as \\n), drop (leave the prompt out)"},
		&cli.StringFlag{Name: "invalid", Value: "error", Usage: "text that is not UTF-8: error, replace, drop"},
		&cli.StringFlag{Name: "mojibake", Value: "safe", Usage: "repair of text decoded wrongly: safe (symbols beyond doubt), full (whole texts, letters too), off"},
		&cli.StringSliceFlag{Name: "clean", Usage: "switch a cleaning step: `STEP=on` or STEP=off; repeatable; " + stepHelp()},
		&cli.BoolFlag{Name: "no-clean", Usage: "all cleaning steps off, --mojibake too, but those that --clean switches on"},
		&cli.BoolFlag{Name: "redact", Usage: "put [EMAIL], [IP] and [USER] in the place of e-mail addresses, public IP addresses, and users and passwords in URLs, in answers too"},
		&cli.Int64Flag{Name: "min-chars", Usage: "leave out prompts of fewer than `N` characters"},
		&cli.Int64Flag{Name: "max-chars", Usage: "leave out prompts of more than `N` characters"},
		&cli.Int64Flag{Name: "min-bytes", Usage: "leave out prompts of fewer than `N` bytes of UTF-8"},
		&cli.Int64Flag{Name: "max-bytes", Usage: "leave out prompts of more than `N` bytes of UTF-8"},
		&cli.StringSliceFlag{Name: "keep-regex", Usage: "leave out prompts in which `REGEX` matches nothing; repeatable: all must match"},
		&cli.StringSliceFlag{Name: "drop-regex", Usage: "leave out prompts in which `REGEX` matches something; repeatable: one is enough"},
		&cli.BoolFlag{Name: "dedupe", Usage: "leave out prompts that came before (memory: 16 bytes for each prompt written, at most 24 with gaps)"},
		&cli.Float64Flag{Name: "near-dedupe", Usage: "leave out prompts that are nearly one that came before: of `SIMILARITY` 0.1 to 1, as 0.7, which is the share of " +
			"their runs of 5 words that both have, of all runs in either (Jaccard), estimated by MinHash; case, accents and punctuation do not count, " +
			"numbers do (memory at 0.7: at most 168 bytes for each prompt written)"},
	}
}

// cleanSteps are the steps that --clean switches, in the order in which they are taken, with what they do.
var cleanSteps = []struct {
	name, does string
	set        func(o *clean.Options, on bool)
}{
	{"bom", "remove U+FEFF", func(o *clean.Options, on bool) { o.KeepBOM = !on }},
	{"newlines", "CR LF and CR to LF", func(o *clean.Options, on bool) { o.KeepNewlines = !on }},
	{"separators", "U+0085, U+2028, U+2029 to LF, off by default", func(o *clean.Options, on bool) { o.Lines = on }},
	{"controls", "remove control characters and terminal escapes", func(o *clean.Options, on bool) { o.KeepControls = !on }},
	{"nfc", "normal form C", func(o *clean.Options, on bool) { o.KeepForm = !on }},
	{"zero-width", "remove U+200B and U+2060", func(o *clean.Options, on bool) { o.KeepZeroWidth = !on }},
	{"blanks", "remove blanks at the end of lines, off by default", func(o *clean.Options, on bool) { o.TrimLines = on }},
	{"trim", "remove white space around the text, but the indentation of a first line that a later line has too", func(o *clean.Options, on bool) { o.KeepOuterSpace = !on }},
}

func stepHelp() string {
	list := make([]string, len(cleanSteps))
	for i, s := range cleanSteps {
		list[i] = s.name + " (" + s.does + ")"
	}
	return strings.Join(list, ", ")
}

// cleanOptions reads what to do about broken text, and the switches of the steps, into o, whose other fields it leaves.
func cleanOptions(c *cli.Context, o *clean.Options) (err error) {
	if o.Invalid, err = clean.ParseInvalid(c.String("invalid")); err != nil {
		return fmt.Errorf("--invalid: %w", err)
	}
	if o.Mojibake, err = clean.ParseMojibake(c.String("mojibake")); err != nil {
		return fmt.Errorf("--mojibake: %w", err)
	}
	o.Redact = c.Bool("redact")
	if c.Bool("no-clean") {
		if c.IsSet("mojibake") && o.Mojibake != clean.MojibakeOff {
			return fmt.Errorf("--no-clean and --mojibake %s contradict each other; use --clean STEP=off for the steps to switch off", o.Mojibake)
		}
		o.Mojibake = clean.MojibakeOff
		for _, s := range cleanSteps {
			s.set(o, false)
		}
	}
	for _, text := range splitLines(c.StringSlice("clean")) {
		if err := switchStep(o, text); err != nil {
			return err
		}
	}
	return nil
}

func switchStep(o *clean.Options, text string) error {
	name, state, _ := strings.Cut(text, "=")
	names := make([]string, len(cleanSteps))
	for i, s := range cleanSteps {
		names[i] = s.name
		if s.name == name && (state == "on" || state == "off") {
			s.set(o, state == "on")
			return nil
		}
	}
	return fmt.Errorf("--clean %q: expected STEP=on or STEP=off, with one of the steps %s", text, strings.Join(names, ", "))
}

func filterOptions(c *cli.Context, f *convert.Filter) (err error) {
	*f = convert.Filter{
		MinChars: c.Int64("min-chars"), MaxChars: c.Int64("max-chars"), MinBytes: c.Int64("min-bytes"), MaxBytes: c.Int64("max-bytes"),
		Dedupe: c.Bool("dedupe"), NearDedupe: c.Float64("near-dedupe"),
	}
	if f.Keep, err = compileAll(c, "keep-regex"); err != nil {
		return err
	}
	f.Drop, err = compileAll(c, "drop-regex")
	return err
}

func compileAll(c *cli.Context, flag string) (list []*regexp.Regexp, err error) {
	for _, text := range splitLines(c.StringSlice(flag)) {
		if text == "" {
			return nil, fmt.Errorf("--%s is empty: expected a regular expression", flag)
		}
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", flag, err)
		}
		list = append(list, re)
	}
	return list, nil
}
