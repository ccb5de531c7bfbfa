package main

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/urfave/cli/v2"
)

// The texts of the flag parser about a flag that it knows.
var (
	badValue    = regexp.MustCompile(`(?s)^invalid (?:boolean )?value (".*") for (?:flag )?-([^ "]+): `)
	badVariable = regexp.MustCompile(`(?s)^could not parse (".*") as .* from environment variable "([^"]*)" for flag ([^ ]+): `)
	noValue     = regexp.MustCompile(`^flag needs an argument: -(.+)$`)
)

// flagError says in the words of this program what the flag parser has to say of a flag that it knows; what it says of
// anything else comes back as it is.
func flagError(msg string, flags []cli.Flag) string {
	if m := noValue.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("%s needs a value: %s", dashed(m[1]), wanted(m[1], flags))
	}
	if m := badValue.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("%s %s: expected %s", dashed(m[2]), m[1], wanted(m[2], flags))
	}
	if m := badVariable.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("%s %s: expected %s", m[2], m[1], wanted(m[3], flags))
	}
	return msg
}

// wanted says what the flag takes.
func wanted(name string, flags []cli.Flag) string {
	i := slices.IndexFunc(flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
	if i < 0 {
		return "another value"
	}
	switch flags[i].(type) {
	case *cli.BoolFlag:
		return "true or false"
	case *cli.IntFlag, *cli.Int64Flag:
		return "a whole number that is not too large"
	case *cli.Float64Flag:
		return "a number"
	case *cli.DurationFlag:
		return "a time, such as 50ms or 2m"
	}
	return "a text"
}
