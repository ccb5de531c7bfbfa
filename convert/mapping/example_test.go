package mapping_test

import (
	"fmt"
	"log"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// The columns say which of them make the prompt, and no choice is silent.
func ExampleChoose() {
	schema := dataset.Schema{Fields: []dataset.Field{
		{Name: "id", Kind: dataset.Int, Type: "int64"},
		{Name: "question", Kind: dataset.String, Type: "string"},
		{Name: "answer", Kind: dataset.String, Type: "string"},
	}}
	m, err := mapping.Choose(schema, mapping.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	fmt.Println(m.Columns())
	// Output:
	// R7: questions and answers: prompt <- question, expected <- answer
	// [question answer]
}
