import { ActionIcon, FileButton, Progress, Tooltip } from "@mantine/core";
import { IconGripVertical, IconPhotoOff, IconPhotoPlus, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Schemas } from "@/lib/api";
import { clock } from "@/lib/format";
import type { SceneDraft } from "./board";
import { PICTURES } from "./limits";
import { Scenery } from "./Scenery";
import classes from "./SceneFrame.module.css";
import type { useUpload } from "./upload";

interface Props {
  scene: SceneDraft;
  number: number;
  start: number;
  style: Schemas["Style"];
  /** Whether the model can start from a picture. */
  takes: boolean;
  upload: ReturnType<typeof useUpload>;
  /** A file is held over the card. */
  over: boolean;
  drop: () => void;
  dragging: boolean;
  grip: object;
  menu: ReactNode;
}

/** The scene's picture: its own where it was given one, else a sketch in the style's colours. */
export function SceneFrame({ scene, number, start, style, takes, upload, over, drop, dragging, grip, menu }: Props) {
  return (
    <div className={classes.frame}>
      {scene.picture ? <img src={scene.picture} alt={`What scene ${number} starts from`} className={classes.picture} /> : <Scenery style={style} text={scene.prompt} className={classes.picture} />}
      {over && <div className={classes.over}>Drop it: the scene starts from this picture</div>}
      <div className={classes.top}>
        <Tooltip label="Drag to another place" disabled={dragging}>
          <ActionIcon variant="transparent" aria-label={`Move scene ${number}`} {...grip} id={`grip-${scene.key}`} className={`${classes.chip} ${classes.grip}`}>
            <IconGripVertical size={16} />
          </ActionIcon>
        </Tooltip>
        <span className={classes.chip} aria-hidden="true">
          {number}
        </span>
        <span className={classes.end}>{menu}</span>
      </div>
      <div className={classes.bottom}>
        <span className={`${classes.chip} tabular`}>
          <span className="visually-hidden">Begins at </span>
          {clock(start, true)}
        </span>
        <span className={classes.end}>
          {upload.share !== null && <Sending number={number} share={upload.share} cancel={upload.cancel} />}
          {upload.share === null && scene.referenceImage !== null && (
            <Tooltip label="Without the picture">
              <ActionIcon className={classes.chip ?? ""} variant="transparent" aria-label={`Take the picture off scene ${number}`} onClick={drop}>
                <IconPhotoOff size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          {upload.share === null && scene.referenceImage === null && takes && (
            <FileButton accept={PICTURES.join()} onChange={(file) => void upload.take(file)}>
              {(props) => (
                <Tooltip label="Start from a picture: choose one, or drop it here">
                  <ActionIcon {...props} className={classes.chip ?? ""} variant="transparent" aria-label={`Picture for scene ${number}`}>
                    <IconPhotoPlus size={16} />
                  </ActionIcon>
                </Tooltip>
              )}
            </FileButton>
          )}
        </span>
      </div>
    </div>
  );
}

function Sending({ number, share, cancel }: { number: number; share: number; cancel: () => void }) {
  return (
    <span className={`${classes.chip} ${classes.sending}`}>
      <Progress value={share * 100} w={72} aria-label={`Upload for scene ${number}`} />
      <ActionIcon size="sm" variant="transparent" color="gray" aria-label={`Cancel the upload for scene ${number}`} onClick={cancel} className={classes.cancel ?? ""}>
        <IconX size={14} />
      </ActionIcon>
    </span>
  );
}
