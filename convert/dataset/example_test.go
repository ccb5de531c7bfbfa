package dataset_test

import (
	"context"
	"fmt"
	"log"

	"github.com/promptmill/promptmill/convert/dataset"
)

// A file's rows come in batches, of the columns that are asked for.
func ExampleFile_Batches() {
	f, err := dataset.Open("../../testdata/parquet/qa.parquet")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	for batch, err := range f.Batches(context.Background(), []string{"question"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s\n", batch.AppendJSON(nil, 0))
	}
	// Output:
	// {"question":"What is 2 + 3?"}
}
