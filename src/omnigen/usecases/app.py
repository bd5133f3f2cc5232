"""The facades, of use cases that are ready to be called: what users ask for, what the workflow does, what operators do.

Routes and operators' commands know nothing behind them.
"""

from attrs import frozen

from omnigen.domain.catalogue import Catalogue
from omnigen.ports.identity import Directory, TokenVerifier
from omnigen.ports.metrics import Metrics
from omnigen.ports.usage import Rates
from omnigen.usecases.cancel_job import CancelJob
from omnigen.usecases.check_ready import CheckReady
from omnigen.usecases.compose_video import ComposeVideo
from omnigen.usecases.delete_job import DeleteJob, RestoreJob
from omnigen.usecases.draft_storyboard import DraftStoryboard
from omnigen.usecases.edit_storyboard import EditStoryboard
from omnigen.usecases.end_job import FailJob, FinishJob
from omnigen.usecases.generate_music import GenerateMusic
from omnigen.usecases.generate_scene import GenerateScene
from omnigen.usecases.get_job import GetJob
from omnigen.usecases.get_usage import GetUsage
from omnigen.usecases.inspect_object import InspectObject
from omnigen.usecases.list_jobs import ListJobs
from omnigen.usecases.operate import OperateJobs
from omnigen.usecases.plan_storyboard import PlanStoryboard
from omnigen.usecases.receive_webhook import ReceiveWebhook
from omnigen.usecases.regenerate_scene import RegenerateScene
from omnigen.usecases.render_segment import RenderSegment
from omnigen.usecases.request_upload import RequestUpload
from omnigen.usecases.retry_job import RetryJob
from omnigen.usecases.show_plan import ShowPlan
from omnigen.usecases.sketching import DrawAnimatic, PreviewJob
from omnigen.usecases.start_leg import KeepLeg, StartLeg
from omnigen.usecases.submit_job import SubmitJob
from omnigen.usecases.sweep import ClearDesk, ClearOrphans, Sweep
from omnigen.usecases.video_files import ExportJob, FileUrl
from omnigen.usecases.video_url import VideoUrl
from omnigen.usecases.watch_job import WatchJob


@frozen(kw_only=True)
class App:
    """What users ask for, over HTTP."""

    catalogue: Catalogue
    frame_rate: int
    verifier: TokenVerifier
    rates: Rates
    metrics: Metrics
    draft_storyboard: DraftStoryboard
    draw_animatic: DrawAnimatic
    submit_job: SubmitJob
    get_job: GetJob
    preview_job: PreviewJob
    show_plan: ShowPlan
    list_jobs: ListJobs
    watch_job: WatchJob
    video_url: VideoUrl
    file_url: FileUrl
    export_job: ExportJob
    cancel_job: CancelJob
    retry_job: RetryJob
    edit_storyboard: EditStoryboard
    regenerate_scene: RegenerateScene
    delete_job: DeleteJob
    restore_job: RestoreJob
    request_upload: RequestUpload
    get_usage: GetUsage
    receive_webhook: ReceiveWebhook
    check_ready: CheckReady


@frozen(kw_only=True)
class Pipeline:
    """What the workflow does, state by state, in the order of the walk in docs/ARCHITECTURE.md."""

    start_leg: StartLeg
    keep_leg: KeepLeg
    plan_storyboard: PlanStoryboard
    generate_scene: GenerateScene
    generate_music: GenerateMusic
    render_segment: RenderSegment
    compose_video: ComposeVideo
    finish_job: FinishJob
    fail_job: FailJob
    inspect_object: InspectObject
    sweep: Sweep
    clear_orphans: ClearOrphans
    clear_desk: ClearDesk


@frozen(kw_only=True)
class Desk:
    """What operators do."""

    jobs: OperateJobs
    directory: Directory
