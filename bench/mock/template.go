package mock

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// reply holds what the templates of a [dialect] refer to. In a template "$name" stands for a value:
//
//	$id $created         of the response
//	$model               its name as a JSON string; $name the same without the quotes
//	$text                the words of a chunk or of the whole answer
//	$reasoning           the reasoning of a whole answer
//	$index               of the choice
//	$finish              the finish reason
//	$choices             the choices of a whole answer
//	$usage               a chunk's usage member with its leading comma, where it has one
//	$counts              the usage object
//	$prompt $completion $total $cached $fresh $thought   token counts
//	$timings             llama.cpp's timings object
//	$context             the longest prompt allowed
//	$block               index of the part of an answer, where the API counts them
//	$status $incomplete  how an answer ended, as [workResponse] has it
//	$stop                why, as [workMessage] has it
//	$vector              an embedding
//	$code $path $detail  of an error
type reply struct {
	d       *dialect
	id      string
	created int64
	model   string // escaped, without quotes

	text, reasoning []byte
	choices         []byte
	index, block    int
	finish          string
	usage           usageMode

	prompt, completion, cached, thought int
	details                             bool // usage says what was cached and what was reasoning
	noUsage                             bool // there is no usage object

	timings timings
	context int
	code    int
	path    string // escaped
	detail  string // escaped
}

// usageMode is what $usage stands for.
type usageMode int

const (
	usageAbsent usageMode = iota
	usageNull
	usageRunning // the counts so far
)

// timings is llama.cpp's account of a request.
type timings struct{ prompt, predicted time.Duration }

// expand appends a template with its values filled in.
func (r *reply) expand(dst []byte, template string) []byte {
	for {
		before, rest, found := strings.Cut(template, "$")
		dst = append(dst, before...)
		if !found {
			return dst
		}
		n := 0
		for n < len(rest) && 'a' <= rest[n] && rest[n] <= 'z' {
			n++
		}
		dst = r.value(dst, rest[:n])
		template = rest[n:]
	}
}

func (r *reply) value(dst []byte, name string) []byte {
	switch name {
	case "id":
		return append(dst, r.id...)
	case "model":
		return append(append(append(dst, '"'), r.model...), '"')
	case "name":
		return append(dst, r.model...)
	case "text":
		return append(dst, r.text...)
	case "reasoning":
		return append(dst, r.reasoning...)
	case "finish":
		return append(dst, r.finish...)
	case "choices":
		return append(dst, r.choices...)
	case "path":
		return append(dst, r.path...)
	case "detail":
		return append(dst, r.detail...)
	case "usage":
		return r.usageMember(dst)
	case "counts":
		if r.noUsage {
			return append(dst, "null"...)
		}
		return r.expand(dst, r.d.countsTemplate(r.details))
	case "timings":
		return r.appendTimings(dst)
	case "status", "incomplete", "stop":
		return append(dst, endings[r.finish == "length"][name]...)
	case "vector":
		return appendVector(dst, r.index)
	}
	return strconv.AppendInt(dst, r.number(name), 10)
}

func (r *reply) number(name string) int64 {
	switch name {
	case "created":
		return r.created
	case "index":
		return int64(r.index)
	case "block":
		return int64(r.block)
	case "prompt":
		return int64(r.prompt)
	case "completion":
		return int64(r.completion)
	case "total":
		return int64(r.prompt + r.completion)
	case "cached":
		return int64(r.cached)
	case "thought":
		return int64(r.thought)
	case "fresh": // of the prompt, what no cache had
		return int64(r.prompt - r.cached)
	case "context":
		return int64(r.context)
	case "code":
		return int64(r.code)
	}
	panic("mock: internal error: template names $" + name)
}

func (r *reply) usageMember(dst []byte) []byte {
	switch r.usage {
	case usageNull:
		return append(dst, `,"usage":null`...)
	case usageRunning:
		return r.expand(append(dst, `,"usage":`...), "$counts")
	}
	return dst
}

func (r *reply) appendTimings(dst []byte) []byte {
	number := func(name string, v float64) {
		dst = append(dst, name...)
		dst = strconv.AppendFloat(dst, v, 'f', 3, 64)
	}
	part := func(name string, n int, d time.Duration) {
		ms := float64(d) / float64(time.Millisecond)
		dst = append(dst, `,"`+name+`_n":`...)
		dst = strconv.AppendInt(dst, int64(n), 10)
		number(`,"`+name+`_ms":`, ms)
		number(`,"`+name+`_per_token_ms":`, ms/float64(max(n, 1)))
		number(`,"`+name+`_per_second":`, 1e3*float64(n)/max(ms, 1e-3))
	}
	dst = append(dst, `{"cache_n":`...)
	dst = strconv.AppendInt(dst, int64(r.cached), 10)
	part("prompt", r.prompt-r.cached, r.timings.prompt)
	part("predicted", r.completion, r.timings.predicted)
	return append(dst, '}')
}

// escape returns s as it stands inside a JSON string.
func escape(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(b[1 : len(b)-1])
}
