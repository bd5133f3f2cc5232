import { ActionIcon, Group, Menu, Slider, Text, Tooltip } from "@mantine/core";
import { IconBadgeCc, IconBadgeCcFilled, IconBrandSpeedtest, IconKeyboard, IconMaximize, IconPlayerPauseFilled, IconPlayerPlayFilled, IconPlayerSkipBackFilled, IconPlayerSkipForwardFilled, IconVolume, IconVolume2, IconVolumeOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { clock } from "@/lib/format";
import type { Chapter } from "./chapters";
import classes from "./Controls.module.css";
import type { Deeds } from "./keys";
import { SPEEDS, type Preferences } from "./preferences";

interface Props {
  deeds: Deeds;
  playing: boolean;
  time: number;
  duration: number;
  chapter: Chapter | undefined;
  liked: Preferences;
  change: (to: Partial<Preferences>) => void;
  captioned: boolean;
}

/** The row of buttons under the scrub bar. */
export function Controls({ deeds, playing, time, duration, chapter, liked, change, captioned }: Props) {
  const silent = liked.muted || liked.volume === 0;
  const Loud = silent ? IconVolumeOff : liked.volume < 0.5 ? IconVolume2 : IconVolume;
  return (
    <Group gap={2} wrap="nowrap" className={classes.row ?? ""}>
      <Control name="Scene before" press={() => deeds.chapter(-1)} wide>
        <IconPlayerSkipBackFilled size={16} />
      </Control>
      <Control name={playing ? "Pause" : "Play"} press={deeds.toggle}>
        {playing ? <IconPlayerPauseFilled size={20} /> : <IconPlayerPlayFilled size={20} />}
      </Control>
      <Control name="Next scene" press={() => deeds.chapter(1)} wide>
        <IconPlayerSkipForwardFilled size={16} />
      </Control>
      <Control name={silent ? "Sound on" : "Sound off"} press={() => (liked.volume === 0 ? change({ volume: 0.5, muted: false }) : deeds.mute())}>
        <Loud size={18} />
      </Control>
      <Slider className={classes.volume ?? ""} size="xs" color="gray.0" min={0} max={1} step={0.05} value={liked.muted ? 0 : liked.volume} onChange={(volume) => change({ volume, muted: volume === 0 })} label={null} thumbLabel="Volume" />
      <Text size="xs" className={`tabular ${classes.time}`}>
        {clock(Math.floor(time))} / {clock(duration)}
      </Text>
      <Text size="xs" className={classes.chapter ?? ""}>
        {chapter && `${chapter.number}. ${chapter.title}`}
      </Text>
      <Menu withinPortal={false} position="top-end" width={120}>
        <Menu.Target>
          <ActionIcon variant="transparent" className={classes.control ?? ""} size="lg" aria-label={`Speed, now ${liked.speed}×`}>
            {liked.speed === 1 ? <IconBrandSpeedtest size={19} /> : <span className={classes.speed}>{liked.speed}×</span>}
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {SPEEDS.map((speed) => (
            <Menu.Item key={speed} aria-current={speed === liked.speed ? "true" : undefined} fw={speed === liked.speed ? 700 : 400} onClick={() => change({ speed })}>
              {speed === 1 ? "Normal" : `${speed}×`}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {captioned && (
        <Control name="Captions" press={deeds.captions} pressed={liked.captions}>
          {liked.captions ? <IconBadgeCcFilled size={20} /> : <IconBadgeCc size={20} />}
        </Control>
      )}
      <Control name="Keys" press={deeds.help} wide>
        <IconKeyboard size={19} />
      </Control>
      <Control name="Full screen" press={deeds.fullscreen}>
        <IconMaximize size={18} />
      </Control>
    </Group>
  );
}

interface ControlProps {
  name: string;
  press: () => void;
  children: ReactNode;
  pressed?: boolean;
  /** Left out where there is little room. */
  wide?: boolean;
}

function Control({ name, press, children, pressed, wide = false }: ControlProps) {
  return (
    <Tooltip label={name} openDelay={400} withinPortal={false}>
      <ActionIcon variant="transparent" className={`${classes.control} ${wide ? classes.wide : ""}`} size="lg" aria-label={name} aria-pressed={pressed} onClick={press}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
