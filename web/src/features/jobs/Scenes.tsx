import { useCallback, useState } from "react";
import type { Job } from "@/lib/api";
import { hasEnded } from "@/lib/status";
import { chaptersOf } from "./chapters";
import { useSheet } from "./film";
import { SceneCard } from "./SceneCard";
import { SceneDialog } from "./SceneDialog";
import classes from "./Scenes.module.css";
import { TakesDialog } from "./TakesDialog";

interface Props {
  job: Job;
  /** It isn't the latest revision: nothing can be done with it. */
  earlier: boolean;
  /** The scene that is seen now; null where there is no video. */
  now: number | null;
  seek: (scene: number) => void;
  /** The scene that is being edited, and how to begin and end that. */
  editing: number | null;
  edit: (scene: number | null) => void;
}

/** The scenes as cards, which turn from words to progress to a playing clip; afterwards each can be edited or filmed again. */
export function Scenes({ job, earlier, now, seek, editing, edit }: Props) {
  const [choosing, setChoosing] = useState<number | null>(null);
  const [adding, setAdding] = useState<number | null>(null);
  const chapters = chaptersOf(job.scenes);
  const sheet = useSheet(job.video);
  const ended = hasEnded(job);
  const board = job.storyboard;
  const closeEdit = useCallback(() => edit(null), [edit]);
  const closeNew = useCallback(() => setAdding(null), []);
  const closeTakes = useCallback(() => setChoosing(null), []);
  if (job.scenes.length === 0) return null;
  return (
    <section aria-labelledby="scenes">
      <h2 id="scenes" className={classes.heading}>
        Scenes
      </h2>
      <ol className={classes.scenes} aria-label="Scenes">
        {job.scenes.map((scene, n) => (
          <SceneCard
            key={scene.number}
            job={job}
            scene={scene}
            sheet={sheet}
            chapter={chapters[n]}
            now={now === scene.number}
            seek={job.video ? seek : null}
            edit={ended && !earlier && board ? edit : null}
            choose={ended && !earlier && board ? setChoosing : null}
            add={ended && !earlier && board ? setAdding : null}
          />
        ))}
      </ol>
      {board && ended && (
        <>
          <SceneDialog job={job} board={board} number={editing} close={closeEdit} />
          <SceneDialog job={job} board={board} number={adding} fresh close={closeNew} />
          <TakesDialog job={job} board={board} scene={job.scenes.find(({ number }) => number === choosing)} close={closeTakes} />
        </>
      )}
    </section>
  );
}
