package edgetest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// attack is what one connection sends. Its payload asks for /smuggled: nobody may ever be asked for it.
type attack struct {
	name, text string
	// two is true where the payload stands behind the end of the first request for every reader: it is the
	// client's own second request, and the first and the last of the chain have to agree about it.
	two bool
}

// otherwise are spellings that are not the header that they look like: another name, or the rest of the line
// before. Readers drop them, so that what stands behind the length (none is none) is a request of its own.
var otherwise = []string{"_Length", "_Encoding", "Transfer\xc2\xadEncoding", "Tran\u017ffer", "y\r\n Transfer-Encoding"}

const (
	payload = "GET /smuggled HTTP/1.1\r\nHost: " + domain + "\r\n\r\n"
	half    = "GET /smuggled HTTP/1.1\r\nX-Swallow: " // waits for somebody else's request
)

func post(lines ...string) string {
	return "POST /first HTTP/1.1\r\nHost: " + domain + "\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
}

func contentLength(n int) string { return "Content-Length: " + strconv.Itoa(n) }

func chunk(size, content string) string { return size + "\r\n" + content + "\r\n0\r\n\r\n" }

func hex(n int) string { return strconv.FormatInt(int64(n), 16) }

// chunkeds are spellings of "this body is in chunks" that some reader takes for it and another does not.
var chunkeds = []string{
	"Transfer-Encoding: chunked", "Transfer-Encoding: xchunked", "Transfer-Encoding: Chunked", "Transfer-Encoding: CHUNKED",
	"transfer-encoding: chunked", "TRANSFER-ENCODING: chunked", "Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked",
	"Transfer-Encoding:chunked", "Transfer-Encoding:\tchunked", "Transfer-Encoding:  chunked", "Transfer-Encoding: chunked ",
	"Transfer-Encoding: chunked\t", "Transfer-Encoding: \x0bchunked", "Transfer-Encoding: \x0cchunked", "Transfer-Encoding: chunked\x00",
	"Transfer-Encoding: \x00chunked", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: 'chunked'", "Transfer-Encoding: chunked;x=y",
	"Transfer-Encoding: chunked, identity", "Transfer-Encoding: identity, chunked", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: gzip, chunked",
	"Transfer-Encoding: chunked, gzip", "Transfer-Encoding: , chunked", "Transfer-Encoding: chunked,", "Transfer-Encoding: ,chunked,",
	"Transfer-Encoding: identity", "Transfer-Encoding:", "Transfer-Encoding: ", "Transfer-Encoding: cow",
	"Transfer-Encoding: chunked\r\nTransfer-Encoding: cow", "Transfer-Encoding: cow\r\nTransfer-Encoding: chunked",
	"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
	"Transfer_Encoding: chunked", "X: y\nTransfer-Encoding: chunked", "X: y\rTransfer-Encoding: chunked", "X: y\r\n Transfer-Encoding: chunked",
	"Transfer-Encoding:\r\n chunked", "Transfer-Encoding:\r\n\tchunked", "Transfer-Encoding:\n chunked", "Transfer-Encoding\r\n: chunked", "Transfer-Encoding\n: chunked",
	" Transfer-Encoding: chunked", "\tTransfer-Encoding: chunked", "\x00Transfer-Encoding: chunked", "Transfer-Encoding\x00: chunked", "Transfer\xc2\xadEncoding: chunked",
	"Tran\u017ffer-Encoding: chunked", "Transfer-Encoding: chun\u212aed", "TE: chunked\r\nTransfer-Encoding: trailers",
	"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nConnection: close, Transfer-Encoding", "Foo: bar\r\n\rTransfer-Encoding: chunked",
}

// lengths are spellings of a length n that readers disagree about.
var lengths = []string{
	"Content-Length: +%d", "Content-Length: -%d", "Content-Length: 0x%x", "Content-Length: 0%d", "Content-Length: %d.0", "Content-Length: %de0",
	"Content-Length: %d ", "Content-Length: \x0b%d", "Content-Length: %d\x00", "Content-Length: %d, %[1]d", "Content-Length: %d,%[1]d", "Content-Length: 0, %d",
	"Content-Length: %d, 0", "Content-Length: %d 0", "Content-Length: 0 %d", "Content-Length: %d;x", "Content-Length: \"%d\"", "Content-Length: 1_%d",
	"Content-Length: 18446744073709551616%d", "Content-Length: 9223372036854775807%d", "Content-Length : %d", "Content-Length\t: %d", "Content-Length\x00: %d",
	"Content-Length: 0\r\nContent-Length: %d", "Content-Length: %d\r\nContent-Length: 0", "Content-Length: %d\r\nContent-Length: %[1]d", "Content-Length:\r\n %d",
	"Content-Length: 0\r\n %d", "X: y\nContent-Length: %d", "X: y\rContent-Length: %d", " Content-Length: %d", "Connection: Content-Length\r\nContent-Length: %d", "Content-Length:",
	"Content_Length: %d", "Content-Length: 0\r\nContent_Length: %d",
}

// sizes are spellings of a chunk's size n.
var sizes = []string{
	"%x", "%X", "0%x", "000000000000000000%x", "0x%x", "+%x", "-%x", " %x", "%x ", "\t%x", "%x\t", "%x;a=b", "%x;a=\"b\r\n\"", "%x;\r\n", "%x;a\nb", "%x\n", "%x\r", "%x\r\r",
	"%x\x00", "%x_0", "%x,", "%x.0", "1%016x", "FFFFFFFFFFFFFFFF%x", "g%x", "", "%x;" + strings.Repeat("a", 5_000), "0\r\n\r\n%x", "-0", "0;%x",
}

// corpus is every attack of HTTP/1.
func corpus() (all []attack) {
	add := func(name, text string) { all = append(all, attack{name: name, text: text}) }
	for _, te := range chunkeds {
		q := strconv.Quote(te)
		for _, p := range []string{payload, half} {
			hidden := "0\r\n\r\n" + p
			add("CL.TE "+q, post(contentLength(len(hidden)), te)+hidden)
			add("TE.CL "+q, post(te, contentLength(len(hex(len(p)))+2))+chunk(hex(len(p)), p))
			add("TE alone "+q, post(te)+chunk(hex(len(p)), p))
		}
		add("TE.TE "+q, post(contentLength(4), "Transfer-Encoding: chunked", te)+chunk(hex(len(payload)), payload))
		add("GET with "+q, "GET /first HTTP/1.1\r\nHost: "+domain+"\r\n"+contentLength(5+len(payload))+"\r\n"+te+"\r\n\r\n0\r\n\r\n"+payload)
		add("HTTP/1.0 with "+q, strings.Replace(post(contentLength(5+len(payload)), te), "HTTP/1.1", "HTTP/1.0", 1)+"0\r\n\r\n"+payload)
	}
	for _, cl := range lengths {
		text := cl
		if strings.Contains(cl, "%") {
			text = fmt.Sprintf(cl, len(payload))
		}
		q := strconv.Quote(cl)
		add("length "+q, post(text)+payload)
		add("GET of length "+q, "GET /first HTTP/1.1\r\nHost: "+domain+"\r\n"+text+"\r\n\r\n"+payload)
		add("chunks and length "+q, post("Transfer-Encoding: chunked", text)+"0\r\n\r\n"+payload)
	}
	for _, size := range sizes {
		text := size
		if strings.Contains(size, "%") {
			text = fmt.Sprintf(size, len(payload))
		}
		add("chunk "+strconv.Quote(size[:min(len(size), 20)]), post("Transfer-Encoding: chunked")+chunk(text, payload))
		add("last chunk "+strconv.Quote(size[:min(len(size), 20)]), post("Transfer-Encoding: chunked")+"5\r\nhello\r\n"+text+"\r\n"+payload)
	}
	all = append(all, oddities()...)
	for i, a := range all {
		head, _, _ := strings.Cut(a.text, "\r\n\r\n")
		all[i].two = a.two || slices.ContainsFunc(otherwise, func(s string) bool { return strings.Contains(head, s) })
	}
	return all
}

// oddities are attacks of one kind each.
func oddities() (all []attack) {
	add := func(name, text string) { all = append(all, attack{name: name, text: text}) }
	n := contentLength(len(payload))
	for _, method := range []string{"GET", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH", "TRACE", "BREW", "POST"} {
		add("body of "+method, method+" /first HTTP/1.1\r\nHost: "+domain+"\r\n"+n+"\r\n\r\n"+payload)
	}
	for _, version := range []string{"HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/11.1", "HTTP/1.1 ", "HTTP/1.1\t", "http/1.1", "HTTP/1.", "HTTP/01.1", "", "ICY"} {
		add("version "+strconv.Quote(version), "POST /first "+version+"\r\nHost: "+domain+"\r\n"+n+"\r\n\r\n"+payload)
	}
	for _, uri := range []string{
		"/first HTTP/1.1\nX: y\nGET /smuggled", "/first%0d%0a%0d%0aGET%20/smuggled%20HTTP/1.1%0d%0aHost:%20x%0d%0a%0d%0a", "/first\rX", "/first\x00", "/first HTTP/1.1\r\n\r\nGET /smuggled",
		"/first\x0b", "/a b /smuggled", "/first?\tx", "first", "*", "\\smuggled", "http://" + domain + "/first\r\nX: y",
	} {
		add("address "+strconv.Quote(uri), "GET "+uri+" HTTP/1.1\r\nHost: "+domain+"\r\n"+n+"\r\n\r\n"+payload)
	}
	for _, line := range []string{
		"Connection: close, Content-Length", "Connection: Content-Length, Host", "Expect: 100-continue", "Expect: 100-CONTINUE, x", "Expect: nothing", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
		"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Content-Encoding: gzip", "Range: bytes=0-0", "X: " + strings.Repeat("y", 9_000),
		"X:\r\n folded\r\n\tagain", "X: y\x00z", ": nothing", "No colon at all", "X y: z", "X\x7f: y", "\xff: y", "X: \xff\xfe", "X-A: b\r\r", "Max-Forwards: 0", "Trailer: Content-Length",
	} {
		add("with "+strconv.Quote(line[:min(len(line), 40)]), post(n, line)+payload)
		add("before "+strconv.Quote(line[:min(len(line), 40)]), post(line, n)+payload)
	}
	lf := strings.ReplaceAll(post(n), "\r\n", "\n")
	add("lines that end with LF", lf+payload)
	add("head that ends with LF", strings.TrimSuffix(post(n), "\r\n")+"\n"+payload)
	add("head that ends with CR", strings.TrimSuffix(post(n), "\r\n")+"\r"+payload)
	add("blank lines before", "\r\n\r\n\n"+post(n)+payload)
	add("trailers", post("Transfer-Encoding: chunked")+"5\r\nhello\r\n0\r\nContent-Length: 999\r\nX: "+strings.ReplaceAll(payload, "\r\n", " ")+"\r\n\r\n")
	add("trailers that do not end", post("Transfer-Encoding: chunked")+"0\r\nX: "+payload)
	add("chunk that is too short", post("Transfer-Encoding: chunked")+"3\r\nhello\r\n0\r\n\r\n"+payload)
	add("chunk without its end", post("Transfer-Encoding: chunked")+"5\r\nhello0\r\n\r\n"+payload)
	return append(all,
		attack{"two requests of one client", post("Content-Length: 5") + "hello" + payload, true},
		// Some take LF for the end of a chunk. Nobody takes these for anything but a body and its end.
		attack{"chunk that ends with LF", post("Transfer-Encoding: chunked") + "5\r\nhello\n0\r\n\r\n" + payload, true},
		attack{"chunks that end with LF", post("Transfer-Encoding: chunked") + "5\nhello\n0\n\n" + payload, true})
}
