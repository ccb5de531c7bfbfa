package openai

import (
	"errors"
	"fmt"
	"strings"
)

// Check refuses options that the endpoint has no place for: what is measured would not be what was asked for.
func (o *BodyOptions) Check() error {
	if o.Template != nil {
		return o.checkAlone()
	}
	var unfit []string
	for _, option := range o.options() {
		if option.set && !option.fits {
			unfit = append(unfit, option.name)
		}
	}
	if len(unfit) > 0 {
		return fmt.Errorf("%s has no %s", o.Endpoint, joinOr(unfit))
	}
	return nil
}

// checkAlone refuses what a template makes void.
func (o *BodyOptions) checkAlone() error {
	for _, option := range o.options() {
		if option.set && option.name != "max tokens" && option.name != "tools" {
			return fmt.Errorf("a body template makes the whole body: %s must be in it", option.name)
		}
	}
	if len(o.Extra) > 0 {
		return errors.New("a body template makes the whole body: extra members must be in it")
	}
	return nil
}

// A bodyOption is one that not every endpoint has.
type bodyOption struct {
	name      string
	set, fits bool
}

func (o *BodyOptions) options() []bodyOption {
	a := o.Endpoint.api()
	generates := o.Endpoint.Generates()
	return []bodyOption{
		{"max tokens", o.MaxTokens > 0, generates},
		{"min tokens", o.MinTokens > 0, generates},
		{"temperature", o.Temperature != nil, generates},
		{"top-p", o.TopP != nil, generates},
		{"seed", o.Seed != nil, generates},
		{"ignored end of sequence", o.IgnoreEOS, generates},
		{"stop text", len(o.Stop) > 0, generates},
		{"number of answers", o.N > 0, a == chat || a == completions},
		{"tools", o.Tools != nil, a == chat || a == responses || a == messages},
		{"response format", o.ResponseFormat != nil, a == chat || a == completions || a == responses},
	}
}

// CheckInput says why a request for in cannot be made, if it cannot.
func (o *BodyOptions) CheckInput(in *Input) error {
	a := o.Endpoint.api()
	switch {
	case o.Template != nil:
		return o.Template.Check(o, in)
	case a == rerank && len(in.Documents) == 0 && !o.Extra.has("documents") && !in.Extra.has("documents"):
		return fmt.Errorf("%s ranks documents, and there are none; give the line a list \"documents\"", o.Endpoint)
	case a == messages && o.maxTokens(in) == 0 && !o.Extra.has("max_tokens") && !in.Extra.has("max_tokens"):
		return fmt.Errorf("%s has no longest answer of its own; give --max-tokens", o.Endpoint)
	case a == chat:
		return nil
	case in.Tools != nil && a != responses && a != messages:
		return fmt.Errorf("%s has no tools, and the line brings some", o.Endpoint)
	}
	for i := range in.Messages {
		if err := o.Endpoint.takes(&in.Messages[i]); err != nil {
			return fmt.Errorf("message %d: %w", i+1, err)
		}
	}
	return nil
}

// takes says why the endpoint, which is not [Chat], cannot have a message.
func (e Endpoint) takes(m *Message) error {
	asParts := e.api() == responses || e.api() == messages
	switch {
	case m.hasImage() && !asParts:
		return fmt.Errorf("%s takes text only, and it has an image", e)
	case asParts && !m.onlyParts():
		return fmt.Errorf("it has more than a role, text and images, which only %s gets", Chat)
	}
	return nil
}

func joinOr(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
