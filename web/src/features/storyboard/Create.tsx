import { Collapse } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useReducer, useRef, useState } from "react";
import { useAuth } from "react-oidc-context";
import { useTitle } from "@/lib/title";
import { Notice } from "@/lib/ui/Notice";
import { after, begun, boardOf, redone, settled, undone, type Board, type Edit, type History } from "./board";
import { BriefForm } from "./BriefForm";
import { leftOf, videos } from "./Checkout";
import classes from "./Create.module.css";
import { EMPTY, forget, keep, kept } from "./draft";
import { Desk } from "./Desk";
import { useEstimate } from "./estimate";
import { LONGEST_VIDEO } from "./limits";
import { LookPanel } from "./LookPanel";
import { wishOf } from "./output";
import { newKey, useDraft, useModels, useUsage } from "./queries";
import { Summary, type Panel } from "./Summary";

type Step = { edit: Edit } | "undo" | "redo" | "settle" | { begin: Board | null };

function stepped(history: History | null, step: Step): History | null {
  if (typeof step === "object" && "begin" in step) return step.begin && begun(step.begin);
  if (history === null) return null;
  if (step === "undo") return undone(history);
  if (step === "settle") return settled(history);
  return step === "redo" ? redone(history) : after(history, step.edit);
}

/** A brief becomes a storyboard, which is edited until it is right; only then anything is spent. */
export function Page() {
  useTitle("Create");
  const owner = useAuth().user?.profile.sub ?? "";
  const [{ brief: keptBrief, board: keptBoard }] = useState(() => kept(localStorage, owner));
  const [brief, setBrief] = useState(keptBrief);
  const [history, step] = useReducer(stepped, keptBoard && begun(keptBoard));
  const [panel, setPanel] = useState<Panel>(null);
  const desk = useRef<HTMLDivElement>(null);
  const planned = useRef(false);
  const models = useModels();
  const usage = useUsage();
  const draft = useDraft();
  const save = useDebouncedCallback(() => keep(localStorage, owner, { brief, board: history?.now ?? null }), { delay: 300, flushOnUnmount: true });

  useEffect(save, [save, brief, history]);
  useEffect(keepFilesOut, []);

  // The button that planned it is gone or far below: one goes on at the new storyboard, once it is there.
  useEffect(() => {
    if (!planned.current || !desk.current) return;
    planned.current = false;
    window.scrollTo({ top: 0 });
    desk.current.focus({ preventScroll: true });
  }, [history]);

  const footage = models.data?.models.filter(({ kind }) => kind === "video" || kind === "still");
  const board = history?.now;
  const chosen = board?.rest.model ?? brief.model;
  const model = footage?.find(({ id }) => id === chosen) ?? footage?.find((one) => one.default && one.kind === "video");

  const estimate = useEstimate(board, model, usage.data?.limits.seconds ?? LONGEST_VIDEO);

  const plan = () => {
    draft.mutate(wishOf(brief, board), {
      onSuccess: ({ storyboard }) => {
        const fresh = boardOf(storyboard, newKey);
        step(board ? { edit: { do: "replace", by: fresh } } : { begin: fresh });
        setPanel(null);
        planned.current = true;
      },
    });
  };

  const startOver = () => {
    forget(localStorage, owner);
    setBrief(EMPTY.brief);
    setPanel(null);
    draft.reset();
    step({ begin: null });
  };

  const form = { brief, change: setBrief, models: footage, longest: usage.data?.limits.seconds, plan, planning: draft.isPending, error: draft.error };
  const failed = draft.error && <Notice error={draft.error} retry={plan} />;
  const left = usage.data && leftOf(usage.data);

  return (
    <div className={classes.page}>
      {usage.error && !usage.data && <Notice error={usage.error} retry={() => void usage.refetch()} />}
      {models.error && <Notice error={models.error} retry={() => void models.refetch()} />}
      {history === null || board === undefined ? (
        <>
          <BriefForm {...form} left={left ? `${videos(left.videos)} left this month` : usage.error ? "What is left is not known just now" : undefined} />
          {failed}
        </>
      ) : (
        <>
          <h1 className="visually-hidden">Create</h1>
          <Summary prompt={brief.prompt} board={board} model={model} panel={panel} show={setPanel} />
          <Collapse expanded={panel === "brief"}>{panel === "brief" && <BriefForm {...form} again={{ close: () => setPanel(null) }} />}</Collapse>
          <Collapse expanded={panel === "look"}>{panel === "look" && <LookPanel board={board} model={model} models={footage} error={estimate.price.error} change={(to) => step({ edit: { do: "rest", to } })} settle={() => step("settle")} />}</Collapse>
          {failed}
          <div ref={desk} tabIndex={-1} className={classes.desk}>
            <Desk history={history} edit={(edit) => step({ edit })} undo={() => step("undo")} redo={() => step("redo")} settle={() => step("settle")} startOver={startOver} model={model} estimate={estimate} usage={usage} />
          </div>
        </>
      )}
    </div>
  );
}

/** A picture dropped beside a scene would make the browser leave the page for it. */
function keepFilesOut(): () => void {
  const stop = (event: DragEvent) => event.dataTransfer?.types.includes("Files") && event.preventDefault();
  window.addEventListener("dragover", stop);
  window.addEventListener("drop", stop);
  return () => {
    window.removeEventListener("dragover", stop);
    window.removeEventListener("drop", stop);
  };
}
