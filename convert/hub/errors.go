package hub

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/promptmill/promptmill/convert/hub/internal/fault"
)

// The classes of errors that a caller decides by. Errors of this package that belong to one match it under
// [errors.Is].
var (
	// ErrNotFound reports a repository, revision, config, split or file that does not exist, or that the
	// Hub hides from this user.
	ErrNotFound = fault.ErrNotFound
	// ErrGated reports a dataset whose terms the user has not accepted.
	ErrGated = errors.New("gated")
	// ErrUnauthorized reports a token that is wrong or lacks a permission, or a disabled repository.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrUnavailable reports a Hub that cannot be reached, keeps failing, or asks to come back much later.
	ErrUnavailable = errors.New("unavailable")
	// ErrCorrupt reports an answer, or bytes in the cache, that are not what they must be.
	ErrCorrupt = fault.ErrCorrupt
	// ErrOffline reports something that is not in the cache while the network is not to be used.
	ErrOffline = fault.ErrOffline
	// ErrNoSpace reports a download that the disk cannot hold.
	ErrNoSpace = errors.New("not enough disk space")
	// ErrNoRanges reports a server that sends whole files although it is asked for parts.
	ErrNoRanges = errors.New("the server ignores ranges")
	// ErrAmbiguous reports that several configs or splits exist and the caller has to choose.
	ErrAmbiguous = errors.New("ambiguous")
	// ErrConflict reports a push to a dataset that others keep changing at the same time.
	ErrConflict = errors.New("conflict")
	// ErrNoParquet reports a dataset, config or split without any parquet file.
	ErrNoParquet = fault.ErrNoParquet
)

// Error is a request that did not succeed, or an answer that cannot be believed.
type Error struct {
	Op        string // what was wanted, as in "list files of openai/gsm8k"
	Method    string // of the request; "" means GET
	URL       string // without query and user name, percent-encoded; "" when nothing was asked
	Status    int    // the HTTP status; 0 when there was no answer
	Code      string // X-Error-Code
	Message   string // what the server said, made safe to print and cut to one line
	RequestID string // X-Request-Id or X-Amz-Cf-Id, for whoever runs the server
	Advice    string // what to do next
	Err       error  // one of the classes, or the cause when there was no answer

	again  bool   // the same request may work later
	odd    bool   // there was an answer that makes no sense
	silent bool   // there was no answer
	wait   string // Retry-After as the server wrote it
	limit  string // RateLimit as the server wrote it
}

// Error returns one line: what was wanted, what went wrong, what to do, and the request for whoever must look it up.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	b.WriteString(": ")
	b.WriteString(e.reason())
	if e.Advice != "" {
		b.WriteString("; " + e.Advice)
	}
	if e.URL == "" {
		return b.String()
	}
	fmt.Fprintf(&b, " (%s %s", first(e.Method, http.MethodGet), e.URL)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d", e.Status)
	}
	if e.Code != "" {
		b.WriteString(" " + e.Code)
	}
	if e.RequestID != "" {
		b.WriteString(", request " + e.RequestID)
	}
	b.WriteString(")")
	return b.String()
}

func (e *Error) reason() string {
	switch {
	case e.Message != "":
		return e.Message
	case e.Err != nil:
		return e.Err.Error()
	}
	return strings.ToLower(http.StatusText(e.Status))
}

// Unwrap returns the class or the cause.
func (e *Error) Unwrap() error { return e.Err }

// silent reports whether err is a connection that gave no answer, or only the start of one.
func silent(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.silent
}

// Is makes a request that got no answer match [ErrUnavailable], whatever the cause.
func (e *Error) Is(target error) bool { return target == ErrUnavailable && e.silent }

// ChoiceError says that a config or split has to be chosen, or that the chosen one does not exist.
type ChoiceError struct {
	Ref     Ref      // what was asked for
	Kind    string   // "config" or "split"
	Asked   string   // the name that does not exist; "" when none was given
	Choices []string // what exists, in the dataset's order
}

// maxListed is how many names an error lists before it only counts.
const maxListed = 20

// Error lists what exists and names the flag that chooses.
func (e *ChoiceError) Error() string {
	names := make([]string, 0, maxListed)
	for _, c := range e.Choices[:min(len(e.Choices), maxListed)] {
		names = append(names, fault.Printable(c, 80))
	}
	list := strings.Join(names, ", ")
	if len(names) == 0 {
		list = "none"
	}
	if more := len(e.Choices) - len(names); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	if e.Asked != "" {
		return fmt.Sprintf("%s: no %s %q: there is %s", e.Ref, e.Kind, e.Asked, list)
	}
	return fmt.Sprintf("%s: several %ss: choose one with --%s or in the URL: %s", e.Ref, e.Kind, e.Kind, list)
}

// Is matches [ErrNotFound] for a name that does not exist and [ErrAmbiguous] for a choice that is open.
func (e *ChoiceError) Is(target error) bool {
	if e.Asked != "" {
		return target == ErrNotFound
	}
	return target == ErrAmbiguous
}

// cleanURL returns u without the parts that can hold secrets: signatures live in queries.
func cleanURL(u *url.URL) string {
	c := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return fault.Printable(c.String(), 500)
}
