// In the bucket there is no folder "assets": /assets/jobs/1 is the object jobs/1. Signatures were checked before.
function handler(event) {
  var request = event.request;
  request.uri = request.uri.substring("/assets".length);
  return request;
}
