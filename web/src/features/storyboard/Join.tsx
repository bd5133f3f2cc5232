import { Popover, Radio, Slider, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { seconds } from "@/lib/format";
import type { SceneDraft, Transition } from "./board";
import classes from "./Join.module.css";
import { TransitionPicture } from "./TransitionPicture";
import { KINDS, TRANSITIONS, USUAL } from "./transitions";

type Join = SceneDraft["transition"];

interface Props {
  transition: Join;
  /** Of the scene that it leads into. */
  number: number;
  /** Seconds that it may take at most. */
  longest: number;
  change: (transition: Join) => void;
  settle: () => void;
}

/** How a scene takes over from the one before it: a picture of it, and all there are behind it. */
export function Join({ transition, number, longest, change, settle }: Props) {
  const [open, setOpen] = useState(false);
  const { name } = TRANSITIONS[transition.type];
  const cut = transition.type === "cut";
  const turn = (to: boolean) => (setOpen(to), to || settle());
  const choose = (value: string) => change({ type: value as Transition, duration: value === "cut" ? 0 : Math.min(longest, transition.duration || USUAL) });

  return (
    <div className={classes.join}>
      <Popover opened={open} onChange={turn} position="bottom" width={340} trapFocus returnFocus withinPortal shadow="xl" radius="lg">
        <Popover.Target>
          <UnstyledButton className={classes.button ?? ""} data-cut={cut || undefined} title={name} aria-label={`Transition into scene ${number}: ${name}${cut ? "" : `, ${seconds(transition.duration)}`}`} onClick={() => turn(!open)}>
            <TransitionPicture kind={transition.type} />
            {!cut && <span className={classes.length}>{seconds(transition.duration)}</span>}
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown className={classes.choice ?? ""} aria-label={`Transition into scene ${number}`}>
          <Radio.Group label={`From scene ${number - 1} into ${number}`} value={transition.type} onChange={choose}>
            <div className={classes.kinds}>
              {KINDS.map((kind) => (
                <Radio.Card key={kind} value={kind} className={classes.kind ?? ""} aria-label={TRANSITIONS[kind].name} data-autofocus={kind === transition.type || undefined}>
                  <TransitionPicture kind={kind} />
                  <span>{TRANSITIONS[kind].name}</span>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          <div className={classes.time}>
            <Text size="sm" fw={600}>
              Length
            </Text>
            <Slider className={classes.slider ?? ""} disabled={cut} thumbLabel="Length of the transition" thumbValueText={(length) => seconds(length)} label={null} min={0.1} max={Math.max(0.2, longest)} step={0.1} value={cut ? 0.1 : transition.duration} onChange={(duration) => !cut && change({ ...transition, duration: Math.min(longest, Math.round(duration * 10) / 10) })} />
            <Text size="sm" className="tabular" w={40} ta="right">
              {cut ? "none" : seconds(transition.duration)}
            </Text>
          </div>
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
