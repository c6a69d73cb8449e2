package api

import (
	"bytes"
	"io"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/platform/httpx"
)

// codec reads and writes JSON. Names are matched exactly, and what the operation does not know is refused.
var codec = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		x, ours := w.(*exchange)
		if !ours {
			return json.MarshalWrite(w, v, json.Deterministic(true))
		}
		return x.answer(v)
	},
	Unmarshal: func(data []byte, v any) error {
		return json.Unmarshal(data, v, json.RejectUnknownMembers(true))
	},
}

// appender is a document that is answered so often that it writes its own JSON. It has to be the JSON that the
// encoder would write.
type appender interface{ appendJSON([]byte) []byte }

var buffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 32<<10)) }}

// keepBuffers bounds the memory that a rare long answer leaves behind.
const keepBuffers = 256 << 10

// answer encodes the whole of a document, then sends it in one piece.
func (x *exchange) answer(v any) error {
	if r, refused := v.(*refusal); refused {
		x.refuse(r.fault)
		return nil
	}
	buffer, _ := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buffer.Cap() <= keepBuffers {
			buffer.Reset()
			buffers.Put(buffer)
		}
	}()
	if own, ok := v.(appender); ok {
		buffer.Write(own.appendJSON(buffer.AvailableBuffer()))
	} else if err := json.MarshalWrite(buffer, v, json.Deterministic(true)); err != nil {
		x.refuse(httpx.Fault(err))
		return nil
	}
	return x.send(buffer.Bytes())
}
