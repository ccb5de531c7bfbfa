package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Input is what one request is about; [BodyOptions] say how it is asked.
type Input struct {
	Messages  []Message
	Documents []string        // what a reranker ranks for the text of the messages
	Tools     json.RawMessage // in place of those of the options; nil is none
	Extra     Members         // before those of the options
	MaxTokens int             // in place of that of the options; 0 is none
	Model     string          // in place of that of the options; "" is none

	// For templates, and never sent otherwise.
	Expected *string
	Fields   map[string]any // of the line that it comes from, as encoding/json reads them; only read
}

// text is that of all messages, with blank lines between them.
func (in *Input) text() string {
	if len(in.Messages) == 1 {
		return in.Messages[0].Content
	}
	var b []byte
	for i, m := range in.Messages {
		if i > 0 {
			b = append(b, "\n\n"...)
		}
		b = append(b, m.Content...)
	}
	return string(b)
}

// Message is one turn of a chat. It reads and writes the JSON of [Chat].
type Message struct {
	Role    string
	Content string // the text, of all parts together where it has parts
	Parts   []Part // of a content that is not a string alone
	// Raw is the message as it was read, where it has more than a role and a text: parts, a name, calls of tools.
	// [Chat] gets it unchanged.
	Raw json.RawMessage
}

// A Part of a message is a text, or the image at a URL, which may be a data URL.
type Part struct {
	Text  string
	Image string // "" where it is none
}

// MessageOf makes a message of parts.
func MessageOf(role string, parts []Part) Message {
	m := Message{Role: role, Parts: parts}
	m.Raw = append(appendString([]byte(`{"role":`), role), `,"content":[`...)
	for i, p := range parts {
		if i > 0 {
			m.Raw = append(m.Raw, ',')
		}
		m.Content += p.Text
		if p.Image == "" {
			m.Raw = append(appendString(append(m.Raw, `{"type":"text","text":`...), p.Text), '}')
		} else {
			m.Raw = append(appendString(append(m.Raw, `{"type":"image_url","image_url":{"url":`...), p.Image), `}}`...)
		}
	}
	m.Raw = append(m.Raw, `]}`...)
	return m
}

// UnmarshalJSON reads a message of a chat: the content is a string, null, or a list of parts.
func (m *Message) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	*m = Message{}
	if role, ok := members["role"]; ok {
		if err := json.Unmarshal(role, &m.Role); err != nil {
			return fmt.Errorf("role: %w", err)
		}
	}
	content := members["content"]
	if err := m.readContent(content); err != nil {
		return fmt.Errorf("content: %w", err)
	}
	delete(members, "role")
	delete(members, "content")
	if len(members) > 0 || !bytes.HasPrefix(content, []byte{'"'}) {
		var raw bytes.Buffer
		if err := json.Compact(&raw, data); err != nil {
			return err
		}
		m.Raw = raw.Bytes()
	}
	return nil
}

var errContent = errors.New("expected a string, null or a list of parts")

func (m *Message) readContent(data json.RawMessage) error {
	switch {
	case len(data) == 0 || string(data) == "null":
		return nil
	case data[0] == '"':
		return json.Unmarshal(data, &m.Content)
	case data[0] != '[':
		return errContent
	}
	var parts []struct {
		Type     string
		Text     string
		ImageURL struct{ URL string } `json:"image_url"`
	}
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	for _, p := range parts {
		switch {
		case p.Type == "text":
			m.Content += p.Text
			m.Parts = append(m.Parts, Part{Text: p.Text})
		case p.Type == "image_url" && p.ImageURL.URL != "":
			m.Parts = append(m.Parts, Part{Image: p.ImageURL.URL})
		}
	}
	return nil
}

// MarshalJSON writes the message as [Chat] gets it.
func (m Message) MarshalJSON() ([]byte, error) { return appendMessage(nil, &m), nil }

// hasImage says whether a part is an image.
func (m *Message) hasImage() bool {
	return slices.ContainsFunc(m.Parts, func(p Part) bool { return p.Image != "" })
}

// onlyParts says whether the message is its role and parts of text and images.
func (m *Message) onlyParts() bool {
	if m.Raw == nil {
		return true
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(m.Raw, &members) // it was read from it
	var parts []wireAny
	_ = json.Unmarshal(members["content"], &parts)
	return len(members) == 2 && len(parts) == len(m.Parts)
}
