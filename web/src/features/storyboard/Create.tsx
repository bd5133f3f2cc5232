import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useReducer, useState } from "react";
import { useTitle } from "@/lib/title";
import { Notice } from "@/lib/ui/Notice";
import { after, begun, boardOf, redone, undone, type Board, type Edit, type History } from "./board";
import { BriefForm } from "./BriefForm";
import classes from "./Create.module.css";
import { EMPTY, forget, keep, kept } from "./draft";
import { Desk } from "./Desk";
import { newKey, useDraft, useModels } from "./queries";

type Step = { edit: Edit } | "undo" | "redo" | { begin: Board | null };

function stepped(history: History | null, step: Step): History | null {
  if (typeof step === "object" && "begin" in step) return step.begin && begun(step.begin);
  if (history === null) return null;
  if (step === "undo") return undone(history);
  return step === "redo" ? redone(history) : after(history, step.edit);
}

/** A brief becomes a storyboard, which is edited until it is right; only then anything is spent. */
export function Page() {
  useTitle("Create");
  const [{ brief: keptBrief, board: keptBoard }] = useState(() => kept(localStorage));
  const [brief, setBrief] = useState(keptBrief);
  const [history, step] = useReducer(stepped, keptBoard && begun(keptBoard));
  const models = useModels();
  const draft = useDraft();
  const save = useDebouncedCallback(() => keep(localStorage, { brief, board: history?.now ?? null }), { delay: 300, flushOnUnmount: true });

  useEffect(save, [save, brief, history]);

  const plan = () =>
    draft.mutate(brief, { onSuccess: ({ storyboard }) => step({ begin: boardOf(storyboard, newKey) }) });

  const startOver = () => {
    forget(localStorage);
    setBrief(EMPTY.brief);
    step({ begin: null });
  };

  return (
    <div className={classes.page}>
      <BriefForm brief={brief} change={setBrief} models={models.data?.models ?? []} plan={plan} planning={draft.isPending} compact={history !== null} />
      {draft.error && <Notice error={draft.error} retry={plan} />}
      {models.error && <Notice error={models.error} retry={() => void models.refetch()} />}
      {history && <Desk history={history} edit={(edit) => step({ edit })} undo={() => step("undo")} redo={() => step("redo")} startOver={startOver} models={models.data?.models ?? []} />}
    </div>
  );
}
