//! The bank of phrases: what goods are called, and what people say about them.
//!
//! Small on purpose: short honest praise is the same everywhere, and a detector of copied text must live with that.

/// What the goods and films of each topic are called.
pub(crate) const TOPICS: &[&[&str]] = &[
    &["连衣裙", "衬衫", "半身裙", "针织衫", "风衣"],
    &["口红", "粉底液", "眼影盘", "面霜", "精华"],
    &["耳机", "充电宝", "数据线", "手机壳", "键盘"],
    &["电饭煲", "空气炸锅", "养生壶", "炒锅", "菜刀"],
    &["坚果", "牛肉干", "辣条", "饼干", "茶叶"],
    &["跑鞋", "篮球", "瑜伽垫", "泳镜", "哑铃"],
    &["绘本", "积木", "纸尿裤", "婴儿车", "奶瓶"],
    &["猫粮", "狗绳", "猫砂", "鱼缸", "宠物窝"],
    &["台灯", "四件套", "收纳盒", "窗帘", "地毯"],
    &["小说", "练习册", "字帖", "词典", "钢笔"],
    &["吉他", "钢琴曲", "翻唱", "说唱", "民谣"],
    &["手游", "攻略", "皮肤", "电竞", "通关"],
    &["川菜", "烘焙", "家常菜", "火锅", "早餐"],
    &["自驾", "露营", "古镇", "民宿", "徒步"],
    &["减脂餐", "帕梅拉", "拉伸", "跳绳", "晨跑"],
    &["搞笑", "段子", "反转", "模仿", "方言"],
    &["耳环", "项链", "手链", "发夹", "戒指"],
    &["车载支架", "坐垫", "行车记录仪", "雨刷", "香薰"],
    &["多肉", "月季", "绿萝", "花盆", "营养土"],
    &["渔具", "鱼饵", "帐篷", "登山杖", "手电"],
];

/// What people add when they search.
pub(crate) const WISHES: &[&str] = &[
    "推荐",
    "学生",
    "平价",
    "小众",
    "ins风",
    "加厚",
    "免打孔",
    "静音",
    "送女友",
    "宿舍",
    "大码",
    "百搭",
    "高级感",
    "耐用",
    "2026新款",
    "显瘦",
    "国货",
    "便携",
    "复古",
    "儿童",
    "家用",
    "防水",
];

/// How praise begins.
pub(crate) const OPENINGS: &[&str] = &[
    "收到了，",
    "用了几天来评价，",
    "第二次买了，",
    "朋友推荐的，",
    "比想象的好！",
    "终于等到了，",
    "活动时买的，",
    "给妈妈买的，",
    "犹豫了很久，",
    "还不错，",
];

/// Points that praise makes, each in several wordings.
pub(crate) const POINTS: &[&[&str]] = &[
    &["质量很好", "做工不错", "品质在线", "用料扎实", "做工很精细", "质感挺好的"],
    &["物流很快", "隔天就到了", "发货速度快", "快递给力", "两天就收到", "送得很快"],
    &["包装很严实", "包装完好", "里三层外三层包着", "包装很用心", "盒子没有破损"],
    &["客服态度好", "客服很耐心", "有问必答", "客服回复很及时", "服务没得说"],
    &["性价比很高", "这个价很值", "物美价廉", "价格实惠", "同价位里算好的", "划算"],
    &["颜色很正", "没有色差", "颜色和图片一样", "实物比图好看", "和描述一致"],
    &["大小正合适", "尺码标准", "尺寸刚刚好", "很合身", "按推荐买的正好"],
    &["家里人都说好", "全家都喜欢", "孩子很喜欢", "老公也说好用", "室友也想买"],
    &["会回购", "还会再来", "下次还买", "已经推荐给朋友", "准备再囤几个"],
    &["没有异味", "闻着没什么味道", "一点都不刺鼻", "味道很清新"],
    &["用起来很顺手", "很好上手", "操作简单", "用着方便", "上手就会"],
    &["手感舒服", "摸起来很软", "很亲肤", "触感细腻", "贴身也舒服"],
    &["颜值高", "好看极了", "摆着就好看", "设计很有心思", "小巧精致"],
    &["赠品也不错", "还送了小礼物", "赠品很实用", "送的东西很贴心"],
];

/// Short honest praise.
pub(crate) const SHORT: &[&str] = &[
    "好评",
    "不错",
    "很好",
    "可以",
    "满意",
    "挺好的",
    "赞",
    "还行",
    "喜欢",
    "good",
    "此用户没有填写评价",
    "质量不错",
    "物流很快",
    "五星好评",
    "good quality",
    "nice",
    "已收到",
    "超赞",
];

/// What a lukewarm review says.
pub(crate) const MIDDLING: &[&str] = &[
    "一般般",
    "中规中矩",
    "对得起这个价",
    "没有想象的好",
    "凑合用",
    "还可以吧",
    "先用着看",
    "勉强及格",
];

/// What is found fault with.
pub(crate) const GRIPES: &[&str] = &[
    "有点小",
    "线头多",
    "有一点色差",
    "物流慢了",
    "包装压坏了",
    "味道有点大",
    "和图片不太一样",
    "客服回复慢",
    "用了两天就坏了",
    "偏薄",
    "声音有点大",
    "尺码偏大",
    "掉色",
    "不太好用",
    "说明书看不懂",
];

/// What angry reviews charge a seller with.
pub(crate) const ATTACKS: &[&str] = &[
    "假货，大家别买",
    "和正品完全不一样",
    "客服骂人",
    "用了过敏",
    "退货不给退",
    "虚假宣传",
    "骗子店铺",
    "质量差到离谱",
    "千万别上当",
    "刷出来的好评",
    "到手就是坏的",
    "再也不会来了",
];

/// What is called out in a live stream.
pub(crate) const CHATS: &[&str] = &[
    "来了来了",
    "哈哈哈",
    "666",
    "多少钱",
    "已拍",
    "主播好",
    "还有货吗",
    "太好看了",
    "冲",
    "求链接",
    "前排",
    "爱了爱了",
    "第一次来",
    "什么时候上链接",
    "支持",
    "打卡",
    "lol",
    "绝了",
    "有没有小码",
    "晚上好",
];

/// What is said under a film.
pub(crate) const COMMENTS: &[&str] = &[
    "这个怎么做的",
    "学到了",
    "笑死我了",
    "终于更新了",
    "蹲一个后续",
    "这也太会了吧",
    "求教程",
    "收藏了",
    "我也试试",
    "有同款吗",
    "背景音乐叫什么",
    "每天都来看",
    "这个真实",
    "求更新",
    "有被治愈到",
    "love this",
    "说得对",
    "不太同意",
    "看完就去买了",
    "我家也有一个",
];

/// English praise.
pub(crate) const ENGLISH_GOOD: &[&str] = &[
    "works as described",
    "good value for the price",
    "arrived early",
    "my kids love it",
    "solid build",
    "would buy again",
    "exactly what I needed",
    "looks great on the shelf",
    "easy to set up",
];

/// English complaints.
pub(crate) const ENGLISH_BAD: &[&str] = &[
    "stopped working after two days",
    "smaller than it looks",
    "late delivery",
    "not as described",
    "the box was crushed",
    "smells odd",
    "support never answered",
];
