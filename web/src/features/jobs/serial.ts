/** A call that is asked for often: one at a time, so many ms apart, and always one after the last request for it. */
export function serial(call: () => Promise<unknown>, gap: number): () => void {
  let busy = false;
  let again = false;
  return function ask() {
    again = busy;
    if (busy) return;
    busy = true;
    void call()
      .catch(() => undefined)
      .finally(() =>
        setTimeout(() => {
          busy = false;
          if (again) ask();
        }, gap),
      );
  };
}
