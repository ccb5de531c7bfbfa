package main

import (
	"errors"
	"fmt"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/hub"
	"github.com/promptmill/promptmill/convert/mapping"
	"github.com/promptmill/promptmill/validate"
)

// Exit codes: this table, README.md and the end of every --help say the same.
const (
	exitOK     = 0   // done
	exitFailed = 1   // a check said no: invalid prompts, a missed limit
	exitUsage  = 2   // the command line is wrong
	exitInput  = 3   // a file could not be read or written, or is corrupt
	exitRemote = 4   // the Hub or the server refused, has no such thing or could not be reached
	exitPart   = 5   // stopped early; what was measured is kept
	exitBug    = 70  // a bug in promptmill
	exitKilled = 130 // the second Ctrl-C
)

const exitHelp = `Exit codes: 0 done; 1 a check said no; 2 usage; 3 a file could not be read or written;
4 the Hub or server refused or is unreachable; 5 stopped early, results kept; 70 a bug.`

// codeError is an error that knows its exit code. Its message may be empty when everything has been said.
type codeError struct {
	code int
	err  error
}

func (e *codeError) Error() string { return e.err.Error() }
func (e *codeError) Unwrap() error { return e.err }

// nextLine begins another line of an error that has several things to say, as the first begins.
const nextLine = "\npromptmill: "

// withCode gives err an exit code, unless it is nil or was given one where it happened.
func withCode(code int, err error) error {
	if _, coded := errors.AsType[*codeError](err); coded || err == nil {
		return err
	}
	return &codeError{code, err}
}

var errSaid = errors.New("") // for failures that have been reported in full

func usagef(format string, args ...any) error {
	return withCode(exitUsage, fmt.Errorf(format, args...))
}

// exitCode maps an error to the exit code of the process. What no case names is a file that could not be read or
// written: every other failure is given its code where it happens.
func exitCode(err error) int {
	if e, ok := errors.AsType[*codeError](err); ok {
		return e.code
	}
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted):
		return exitPart
	case errors.Is(err, hub.ErrAmbiguous), errors.Is(err, validate.ErrOptions):
		return exitUsage
	case isRemote(err), isAbsent(err):
		return exitRemote
	default:
		return exitInput
	}
}

// isAbsent reports whether a config, split or file was asked for by a name that the dataset does not have.
func isAbsent(err error) bool {
	e, ok := errors.AsType[*hub.ChoiceError](err)
	return ok && e.Asked != ""
}

// isRemote reports whether the Hub refused or could not be reached. What it did send, when that is of no use, is an
// input that could not be read.
func isRemote(err error) bool {
	_, ok := errors.AsType[*hub.Error](err)
	return (ok || errors.Is(err, hub.ErrOffline)) && !errors.Is(err, hub.ErrCorrupt) && !errors.Is(err, hub.ErrNoParquet)
}

// convertError gives the errors of convert that are not about an input file their codes.
func convertError(err error) error {
	switch {
	case errors.Is(err, convert.ErrOptions), errors.Is(err, mapping.ErrColumn):
		return withCode(exitUsage, err)
	case errors.Is(err, convert.ErrLedger), errors.Is(err, convert.ErrLine):
		return withCode(exitBug, err)
	}
	return err
}
