// The app finds its own way: every address that names no file is its page. What names a file and isn't there stays absent,
// and the API's answers never come through here.
function handler(event) {
  var request = event.request;
  var last = request.uri.substring(request.uri.lastIndexOf("/") + 1);
  if (last.indexOf(".") === -1 && request.uri.indexOf("/assets/") !== 0) {
    request.uri = "/index.html";
  }
  return request;
}
